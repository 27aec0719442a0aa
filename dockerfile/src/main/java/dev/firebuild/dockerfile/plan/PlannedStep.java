package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.instruction.Instruction;

/**
 * A step with what people are told about it. What decides the result is in {@link #step()} alone.
 *
 * @param location the lines to blame if it fails; of a trigger the FROM that fired it
 * @param name as BuildKit shows it: {@code [build 2/5] RUN make}; without the bracket where nothing
 *     is executed
 * @param instruction as it was read, before variables were expanded
 */
public record PlannedStep(Location location, String name, Instruction instruction, Step step) {}
