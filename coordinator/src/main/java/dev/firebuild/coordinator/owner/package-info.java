/**
 * The owner of documents: claims, events and commands become documents, written by one coordinator
 * per partition; lost workers are noticed, attempts numbered, outboxes emptied. Uses {@code
 * protocol} and {@code messaging}.
 */
@NullMarked
package dev.firebuild.coordinator.owner;

import org.jspecify.annotations.NullMarked;
