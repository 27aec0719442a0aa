package dev.firebuild.worker.queue;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.request.RunRequest;

/**
 * The right to start and hold a VM.
 *
 * @param id of the VM
 * @param request carries the same id
 * @param attempt from 1
 * @param instance 20 characters, fresh for each claim: the names on the host derive from it
 * @param events where the VM is told, also long after {@code start} has returned
 * @param cancellation the wish to end it while it starts: a desire to stop, kill or remove, or a
 *     lost grant
 */
public record RunGrant(
    String id,
    RunRequest request,
    int attempt,
    String instance,
    SubjectEvents events,
    Cancellation cancellation) {}
