package dev.firebuild.worker.queue;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.request.BuildRequest;

/**
 * The right to do a build.
 *
 * @param id of the build
 * @param request carries the same id
 * @param attempt from 1
 * @param instance 20 characters, fresh for each claim: the names on the host derive from it
 * @param events where the build is told
 * @param cancellation the wish to end it
 */
public record BuildGrant(
    String id,
    BuildRequest request,
    int attempt,
    String instance,
    SubjectEvents events,
    Cancellation cancellation) {}
