package dev.firebuild.protocol.document;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.request.BuildRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A build.
 *
 * @param attempt the number of the current attempt, from 1; only the owner raises it
 * @param assignment the granted instance; absent while queued
 * @param cancelRequested the reason that somebody gave for cancelling
 * @param digest of the manifest of a build that succeeded
 * @param failure of a build that failed
 * @param createdAt time of the request record, or of the first claim; for display
 * @param outbox what the owner must still say elsewhere
 */
public record BuildDocument(
    String id,
    BuildRequest request,
    Phase phase,
    int attempt,
    Optional<Assignment> assignment,
    Optional<String> cancelRequested,
    Optional<Digest> digest,
    Optional<Failure> failure,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    List<OutboxEntry> outbox)
    implements Document {

  /** Where a build is in its life. */
  public enum Phase {
    QUEUED,
    /** Granted to an instance that has not said {@code started} yet. */
    ASSIGNED,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** Whether nothing can change any more. */
    public boolean isSettled() {
      return switch (this) {
        case QUEUED, ASSIGNED, RUNNING -> false;
        case SUCCEEDED, FAILED, CANCELLED -> true;
      };
    }
  }

  /** The key of the build {@code id}. */
  public static String key(String id) {
    return "build/" + id;
  }

  @Override
  public String key() {
    return key(id);
  }
}
