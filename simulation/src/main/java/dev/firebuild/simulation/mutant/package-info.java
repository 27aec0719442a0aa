/**
 * Firebuild with one rule switched off, again and again: what the simulation must notice. Uses
 * {@code simulation.world}, {@code coordinator.owner} and {@code protocol}.
 */
@NullMarked
package dev.firebuild.simulation.mutant;

import org.jspecify.annotations.NullMarked;
