package dev.firebuild.dockerfile.plan;

/** Where COPY and bind mounts take their files from. */
public sealed interface FilesFrom {
  /** The build context. */
  record Context() implements FilesFrom {}

  /**
   * The final file system of another stage of the same plan.
   *
   * @param index the stage's number in the Dockerfile, see {@link PlannedStage#index()}
   */
  record Stage(int index) implements FilesFrom {}

  /**
   * An image.
   *
   * @param reference as written, variables expanded
   */
  record Image(String reference) implements FilesFrom {}

  /** The empty tree. */
  record Scratch() implements FilesFrom {}
}
