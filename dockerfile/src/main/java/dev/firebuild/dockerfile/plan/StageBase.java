package dev.firebuild.dockerfile.plan;

/** What a stage begins with. */
public sealed interface StageBase {
  /** The empty tree. */
  record Scratch() implements StageBase {}

  /**
   * An image.
   *
   * @param reference as written, variables expanded
   */
  record Image(String reference) implements StageBase {}

  /**
   * The final file system of an earlier stage.
   *
   * @param index the stage's number in the Dockerfile, see {@link PlannedStage#index()}
   */
  record Stage(int index) implements StageBase {}
}
