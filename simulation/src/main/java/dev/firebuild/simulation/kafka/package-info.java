/**
 * A broker and its clients as far as firebuild sees them: logs, a share group that hands out as it
 * was measured, a group of owners, transactions that fence. Uses {@code simulation.time}.
 */
@NullMarked
package dev.firebuild.simulation.kafka;

import org.jspecify.annotations.NullMarked;
