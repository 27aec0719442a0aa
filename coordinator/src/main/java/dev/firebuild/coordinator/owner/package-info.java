/**
 * The owner of documents: claims, events and commands become documents, written by one coordinator
 * per partition; lost workers are noticed, attempts numbered, outboxes emptied. Knows no Kafka: who
 * feeds it with inputs and news, stores what it decides and says what it announces is {@code
 * owner.kafka}, or a simulation. Uses {@code protocol} alone.
 */
@NullMarked
package dev.firebuild.coordinator.owner;

import org.jspecify.annotations.NullMarked;
