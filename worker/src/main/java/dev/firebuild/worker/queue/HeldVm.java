package dev.firebuild.worker.queue;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.document.VmDocument;

/**
 * A VM that belongs to this worker since before its process started.
 *
 * @param document what is known of it; its assignment names the instance
 * @param events continues the instance's events
 * @param cancellation a grant can be lost also now, while the document does not say yet that it
 *     runs: then it must go, in silence
 */
public record HeldVm(VmDocument document, SubjectEvents events, Cancellation cancellation) {}
