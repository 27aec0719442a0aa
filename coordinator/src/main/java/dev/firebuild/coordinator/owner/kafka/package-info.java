/**
 * The owner on Kafka: records become its inputs and news, its decisions transactions, and what it
 * announces records. Uses {@code coordinator.owner} and {@code messaging}.
 */
@NullMarked
package dev.firebuild.coordinator.owner.kafka;

import org.jspecify.annotations.NullMarked;
