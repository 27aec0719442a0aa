package dev.firebuild.dockerfile.plan;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A {@code RUN --mount}; all paths inside are absolute. */
public sealed interface Mount {
  /**
   * Files of the context, a stage or an image.
   *
   * @param source absolute below the root of {@code from}
   * @param readOnly if not, what is written is thrown away after the step
   */
  record Bind(FilesFrom from, String source, String target, boolean readOnly) implements Mount {}

  /**
   * A directory that outlives the step and is not part of the image.
   *
   * @param from what it begins with
   * @param source absolute below the root of {@code from}
   * @param sharing how steps that run at the same time use it
   * @param mode of the directory when it is made; likewise the owner
   */
  record Cache(
      String id,
      String target,
      boolean readOnly,
      Sharing sharing,
      FilesFrom from,
      String source,
      OptionalInt mode,
      OptionalLong uid,
      OptionalLong gid)
      implements Mount {}

  /**
   * A file system in memory.
   *
   * @param sizeLimit in bytes; 0 for none
   */
  record Tmpfs(String target, long sizeLimit) implements Mount {}

  /**
   * A secret as a file, a variable or both.
   *
   * @param target of the file; absent if there is only the variable
   * @param variable its name in the environment
   * @param required whether the step fails without it
   */
  record Secret(
      String id,
      Optional<String> target,
      Optional<String> variable,
      boolean required,
      OptionalInt mode,
      OptionalLong uid,
      OptionalLong gid)
      implements Mount {}

  /**
   * The socket of an SSH agent.
   *
   * @param id empty for the default agent
   * @param target empty for the default path
   */
  record Ssh(
      String id,
      String target,
      boolean required,
      OptionalInt mode,
      OptionalLong uid,
      OptionalLong gid)
      implements Mount {}

  /** How steps that run at the same time use one cache. */
  enum Sharing {
    SHARED,
    PRIVATE,
    LOCKED
  }
}
