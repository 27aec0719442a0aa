package dev.firebuild.protocol.resource;

import dev.firebuild.protocol.request.DeadLetterMark;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.annotation.EnumNaming;

/**
 * A request or command that nobody could do, as {@code /v1/dead-letters} shows it.
 *
 * @param id {@code PARTITION-OFFSET} of its record
 * @param source {@code TOPIC/PARTITION/OFFSET} of what it was, or the key of the document of a
 *     request that was given up
 * @param key of the record that it was
 * @param reason why it is here
 * @param size bytes of its value; of one over 1 MiB only the first 64 KiB are kept
 * @param digest of the whole value, as the record says it
 * @param at when it came here
 * @param state what became of it
 * @param as what it was sent again as: the id of the build, the VM, or of what a command is about
 * @param text its value, where one letter is shown and the bytes are UTF-8
 * @param base64 its value, where one letter is shown and the bytes are not UTF-8
 */
public record DeadLetterResource(
    String id,
    String source,
    Optional<String> key,
    String reason,
    long size,
    String digest,
    Instant at,
    State state,
    Optional<String> as,
    Optional<String> text,
    Optional<String> base64) {

  /** What became of a dead letter. */
  @EnumNaming(EnumNamingStrategies.LowerCaseStrategy.class)
  public enum State {
    /** Nobody has dealt with it. */
    OPEN,
    RESUBMITTED,
    DROPPED
  }

  /** The same after {@code mark}. */
  public DeadLetterResource marked(DeadLetterMark mark) {
    State after =
        switch (mark.done()) {
          case RESUBMITTED -> State.RESUBMITTED;
          case DROPPED -> State.DROPPED;
        };
    return new DeadLetterResource(
        id, source, key, reason, size, digest, at, after, mark.as(), text, base64);
  }

  /** The same with its value. */
  public DeadLetterResource with(Optional<String> valueText, Optional<String> valueBase64) {
    return new DeadLetterResource(
        id, source, key, reason, size, digest, at, state, as, valueText, valueBase64);
  }
}
