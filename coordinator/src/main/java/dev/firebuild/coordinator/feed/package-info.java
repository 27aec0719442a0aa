/**
 * The event topic as streams: the tail that feeds the views, the recent events in memory, the
 * history in Kafka, and readers that go from history to live without loss. Uses protocol, messaging
 * and view.
 */
@NullMarked
package dev.firebuild.coordinator.feed;

import org.jspecify.annotations.NullMarked;
