package dev.firebuild.protocol.event;

import dev.firebuild.protocol.Digest;
import java.time.Instant;

/** What happened to a reference; the subject is the reference. */
public sealed interface ImageEvent extends EventData {
  /**
   * The reference means this image from now on.
   *
   * @param builtAt end of the build, by the log's clock: of two publications the later build wins,
   *     in whatever order they are said
   */
  record Published(String reference, ImageSummary image, Instant builtAt) implements ImageEvent {}

  /** A kernel is there under this name. */
  record KernelPublished(String name, Digest digest, String build, String worker, Instant builtAt)
      implements ImageEvent {}

  /** The reference means nothing any more. */
  record Removed(String reference) implements ImageEvent {}
}
