package dev.firebuild.dockerfile.plan;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * A step as text for cache keys: two steps have the same text exactly if they do the same to the
 * same files. Every part is written with its length, so no value can pass for another.
 *
 * <p>Of {@link Step#filesFrom()} only the kind is in it: the number of a stage and the name of an
 * image say nothing about files. The caller adds what identifies their content, in that order.
 */
public final class StepKey {
  private final StringBuilder text = new StringBuilder();

  private StepKey() {}

  /** The text of a step. */
  public static String of(Step step) {
    StepKey key = new StepKey();
    key.string(step.getClass().getSimpleName());
    switch (step) {
      case Step.Run run -> key.run(run);
      case Step.Copy copy -> key.copy(copy);
      case Step.Add add -> key.add(add);
      case Step.Workdir(String path, String user) -> key.string(path).string(user);
      case Step.Metadata(String keyword) -> key.string(keyword);
    }
    return key.text.toString();
  }

  private void run(Step.Run run) {
    list(run.arguments(), StepKey::string)
        .list(run.environment(), StepKey::string)
        .string(run.user())
        .string(run.workingDirectory())
        .list(run.mounts(), StepKey::mount)
        .list(run.files(), StepKey::file)
        .string(run.network().name())
        .string(run.security().name())
        .list(run.devices(), StepKey::string);
  }

  private void copy(Step.Copy copy) {
    from(copy.from())
        .list(copy.sources(), StepKey::string)
        .list(copy.inlineFiles(), StepKey::file)
        .string(copy.destination())
        .optional(copy.chown(), StepKey::owner)
        .optional(copy.chmod(), StepKey::mode)
        .flag(copy.link())
        .flag(copy.parents())
        .list(copy.exclude(), StepKey::string);
  }

  private void add(Step.Add add) {
    list(add.sources(), StepKey::source)
        .list(add.inlineFiles(), StepKey::file)
        .string(add.destination())
        .optional(add.chown(), StepKey::owner)
        .optional(add.chmod(), StepKey::mode)
        .flag(add.link())
        .list(add.exclude(), StepKey::string)
        .optional(add.checksum(), StepKey::string)
        .optional(add.keepGitDir(), StepKey::flag)
        .optional(add.unpack(), StepKey::flag);
  }

  private void source(AddSource source) {
    string(source.getClass().getSimpleName());
    switch (source) {
      case AddSource.Local(String path) -> string(path);
      case AddSource.Http(String url, String fileName) -> string(url).string(fileName);
      case AddSource.Git(String url) -> string(url);
    }
  }

  private void mount(Mount mount) {
    string(mount.getClass().getSimpleName());
    switch (mount) {
      case Mount.Bind bind ->
          from(bind.from()).string(bind.source()).string(bind.target()).flag(bind.readOnly());
      case Mount.Cache cache ->
          string(cache.id())
              .string(cache.target())
              .flag(cache.readOnly())
              .string(cache.sharing().name())
              .from(cache.from())
              .string(cache.source())
              .permissions(cache.mode(), cache.uid(), cache.gid());
      case Mount.Tmpfs tmpfs -> string(tmpfs.target()).string(Long.toString(tmpfs.sizeLimit()));
      case Mount.Secret secret ->
          string(secret.id())
              .optional(secret.target(), StepKey::string)
              .optional(secret.variable(), StepKey::string)
              .flag(secret.required())
              .permissions(secret.mode(), secret.uid(), secret.gid());
      case Mount.Ssh ssh ->
          string(ssh.id())
              .string(ssh.target())
              .flag(ssh.required())
              .permissions(ssh.mode(), ssh.uid(), ssh.gid());
    }
  }

  private StepKey from(FilesFrom from) {
    return string(from.getClass().getSimpleName());
  }

  private void file(InlineFile file) {
    string(file.name()).string(Integer.toOctalString(file.mode())).string(file.content());
  }

  private void owner(Owner owner) {
    string(owner.user()).optional(owner.group(), StepKey::string);
  }

  private void mode(FileMode mode) {
    switch (mode) {
      case FileMode.Octal(int bits) -> string("octal").string(Integer.toOctalString(bits));
      case FileMode.Symbolic(String changes) -> string("symbolic").string(changes);
    }
  }

  private void permissions(OptionalInt mode, OptionalLong uid, OptionalLong gid) {
    string(mode.toString()).string(uid.toString()).string(gid.toString());
  }

  private StepKey string(String value) {
    text.append(value.length()).append(':').append(value);
    return this;
  }

  private StepKey flag(boolean value) {
    return string(Boolean.toString(value));
  }

  private <T> StepKey list(List<T> values, BiConsumer<StepKey, T> write) {
    text.append(values.size()).append('#');
    values.forEach(value -> write.accept(this, value));
    return this;
  }

  private <T> StepKey optional(Optional<T> value, BiConsumer<StepKey, T> write) {
    return list(value.stream().toList(), write);
  }
}
