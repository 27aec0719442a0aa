package dev.firebuild.protocol.resource;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.request.BuildRequest;
import java.time.Instant;
import java.util.Optional;

/**
 * A build as {@code /v1/builds} shows it.
 *
 * @param attempt from 1; 0 while no worker has claimed the request
 * @param worker that holds the current attempt
 * @param instance of the worker for this attempt
 * @param createdAt time that the log gave the request
 */
public record BuildResource(
    String id,
    BuildRequest request,
    BuildDocument.Phase phase,
    int attempt,
    Optional<String> worker,
    Optional<String> instance,
    Optional<String> cancelRequested,
    Optional<Digest> digest,
    Optional<Failure> failure,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {

  /** What {@code document} says. */
  public static BuildResource of(BuildDocument document) {
    return new BuildResource(
        document.id(),
        document.request(),
        document.phase(),
        document.attempt(),
        document.assignment().map(assignment -> assignment.claim().worker()),
        document.assignment().map(assignment -> assignment.instance()),
        document.cancelRequested(),
        document.digest(),
        document.failure(),
        document.createdAt(),
        document.startedAt(),
        document.endedAt());
  }

  /** A request that lies in the queue, unclaimed. */
  public static BuildResource queued(String id, BuildRequest request, Instant createdAt) {
    return new BuildResource(
        id,
        request.withId(id),
        BuildDocument.Phase.QUEUED,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        createdAt,
        Optional.empty(),
        Optional.empty());
  }
}
