/**
 * What a coordinator knows: folds of the topics that it tails. No I/O; written by the tail's thread
 * alone, read by any. Uses protocol.
 */
@NullMarked
package dev.firebuild.coordinator.view;

import org.jspecify.annotations.NullMarked;
