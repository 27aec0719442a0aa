package dev.firebuild.protocol.event;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.request.BuildRequest;
import java.util.List;
import java.util.Optional;

/** What happened to a build; the subject is the build's id. */
public sealed interface BuildEvent extends EventData {
  /**
   * A free slot took the request and asks for the grant.
   *
   * @param request as the worker read it, with its id: the owner needs no other record to decide
   */
  record Claimed(Claim claim, BuildRequest request) implements BuildEvent {}

  /** The owner refuses the request itself; terminal. */
  record Rejected(Failure failure) implements BuildEvent {}

  /** The granted worker works. */
  record Started(String worker, String tag) implements BuildEvent {}

  /** What will be done, in the order of stages and steps. */
  record Planned(List<Stage> stages) implements BuildEvent {
    /**
     * A stage that will be built.
     *
     * @param index the stage's number in the Dockerfile, from 0
     * @param name the stage's name, or its number
     * @param base what FROM names
     */
    public record Stage(int index, String name, String base, List<Step> steps) {}

    /**
     * An instruction that will be executed, or found in the step cache.
     *
     * @param number from 1, unique within the build
     * @param name as people are shown it, with its place in the stage where files change, one line:
     *     {@code [web 2/3] RUN make}
     * @param firstLine first line of the instruction in the Dockerfile, from 1
     * @param lastLine last line of the instruction
     */
    public record Step(int number, String name, int firstLine, int lastLine) {}
  }

  /** A step is executed; {@code step} is its number in {@code planned}. */
  record StepStarted(int step) implements BuildEvent {}

  /** A step's result was known. */
  record StepCached(int step) implements BuildEvent {}

  /** A step was executed. */
  record StepFinished(int step, long durationMillis) implements BuildEvent {}

  /** Output of a step, in order; {@code step} 0 is the build itself. */
  record Log(int step, LogChunk chunk) implements BuildEvent {}

  /**
   * Output is missing here.
   *
   * @param limitBytes that was reached
   * @param lostBytes present: Kafka was away for so long that more output waited for it than the
   *     limit; so much is missing at this place, and the log goes on. Absent: the log ends here.
   */
  record LogTruncated(long limitBytes, Optional<Long> lostBytes) implements BuildEvent {}

  /**
   * The image (or kernel) is published; terminal.
   *
   * @param reference the image's reference, or the kernel's name
   * @param digest of the manifest
   * @param image what the image document needs; absent for a kernel
   */
  record Succeeded(
      String reference, Digest digest, long durationMillis, Optional<ImageSummary> image)
      implements BuildEvent {}

  /** The build failed; terminal. */
  record Failed(Failure failure) implements BuildEvent {}

  /** Somebody ended the build; terminal. */
  record Cancelled(String reason) implements BuildEvent {}

  /**
   * The worker was lost; the request is in the queue again as attempt {@code attempt} (also the
   * event's).
   */
  record Requeued(int attempt, String worker, String reason) implements BuildEvent {}
}
