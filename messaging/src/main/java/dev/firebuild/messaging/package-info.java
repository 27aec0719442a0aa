/**
 * Kafka plumbing: topics and group settings, CloudEvents headers, event publisher and tailer, the
 * hand-out consumer, the transactional owner loop. Uses {@code protocol}.
 */
@NullMarked
package dev.firebuild.messaging;

import org.jspecify.annotations.NullMarked;
