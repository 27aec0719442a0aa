package dev.firebuild.worker.queue;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.document.VmDocument;

/**
 * A VM that belongs to this worker since before its process started.
 *
 * @param document what is known of it; its assignment names the instance
 * @param events continues the instance's events
 */
public record HeldVm(VmDocument document, SubjectEvents events) {}
