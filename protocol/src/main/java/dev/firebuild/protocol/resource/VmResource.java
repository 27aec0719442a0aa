package dev.firebuild.protocol.resource;

import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.RunRequest;
import java.time.Instant;
import java.util.Optional;

/**
 * A VM as {@code /v1/vms} shows it.
 *
 * @param attempt from 1; 0 while no worker has claimed the request
 * @param worker that holds the VM
 * @param instance of the worker for this VM; host names are derived from it
 * @param goal what shall be
 * @param reachable false while the host of a running VM is silent
 * @param running what the worker said when the program began to run
 * @param createdAt time that the log gave the request
 */
public record VmResource(
    String id,
    RunRequest request,
    VmDocument.Phase phase,
    int attempt,
    Optional<String> worker,
    Optional<String> instance,
    VmDocument.Desired.Goal goal,
    boolean reachable,
    Optional<VmEvent.Running> running,
    Optional<Integer> exitCode,
    Optional<String> exitReason,
    Optional<Failure> failure,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {

  /** What {@code document} says. */
  public static VmResource of(VmDocument document) {
    return new VmResource(
        document.id(),
        document.request(),
        document.phase(),
        document.attempt(),
        document.assignment().map(assignment -> assignment.claim().worker()),
        document.assignment().map(assignment -> assignment.instance()),
        document.desired().goal(),
        document.reachable(),
        document.running(),
        document.exitCode(),
        document.exitReason(),
        document.failure(),
        document.createdAt(),
        document.startedAt(),
        document.endedAt());
  }

  /** A request that lies in the queue, unclaimed. */
  public static VmResource queued(String id, RunRequest request, Instant createdAt) {
    return new VmResource(
        id,
        request.withId(id),
        VmDocument.Phase.QUEUED,
        0,
        Optional.empty(),
        Optional.empty(),
        VmDocument.Desired.Goal.RUN,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        createdAt,
        Optional.empty(),
        Optional.empty());
  }
}
