package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.PlannedStep;
import java.util.Optional;

/**
 * A step that changes files.
 *
 * @param number in the {@code planned} event
 * @param tree what a COPY or ADD takes from the context
 */
record PreparedStep(int number, PlannedStep planned, Optional<CopyTree> tree) {}
