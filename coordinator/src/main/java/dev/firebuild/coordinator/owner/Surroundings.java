package dev.firebuild.coordinator.owner;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Where an owner lives.
 *
 * @param id of the coordinator
 * @param incarnation of its process
 * @param clock for people and for what is kept for days
 * @param nanos of a monotonic clock
 */
public record Surroundings(
    String id, String incarnation, InstantSource clock, LongSupplier nanos) {}
