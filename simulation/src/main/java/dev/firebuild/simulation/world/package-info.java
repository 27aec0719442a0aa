/**
 * The world that a seed decides: coordinators around the real owner, workers by the real rule,
 * hosts, clients, faults, and what must hold all along and at rest. Uses {@code coordinator.owner},
 * {@code protocol} and the rest of the simulation.
 */
@NullMarked
package dev.firebuild.simulation.world;

import org.jspecify.annotations.NullMarked;
