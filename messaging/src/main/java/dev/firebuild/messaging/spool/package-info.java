/**
 * Records that wait on disk until Kafka takes them: how they lie in files, and what is left of them
 * after a crash. Knows nothing of events. Uses nothing of firebuild.
 */
@NullMarked
package dev.firebuild.messaging.spool;

import org.jspecify.annotations.NullMarked;
