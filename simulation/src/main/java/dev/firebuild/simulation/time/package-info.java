/**
 * Logical time, chance and processes that can be killed or frozen between any two of their steps.
 * Uses nothing of firebuild.
 */
@NullMarked
package dev.firebuild.simulation.time;

import org.jspecify.annotations.NullMarked;
