package dev.firebuild.protocol.event;

import dev.firebuild.protocol.Digest;

/** What happened to a reference; the subject is the reference. */
public sealed interface ImageEvent extends EventData {
  /** The reference means this image from now on. */
  record Published(String reference, ImageSummary image) implements ImageEvent {}

  /** A kernel is there under this name. */
  record KernelPublished(String name, Digest digest, String build, String worker)
      implements ImageEvent {}

  /** The reference means nothing any more. */
  record Removed(String reference) implements ImageEvent {}
}
