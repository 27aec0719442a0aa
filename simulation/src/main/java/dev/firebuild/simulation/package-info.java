/** The command that runs schedules, and the mutants that show that it would notice. */
@NullMarked
package dev.firebuild.simulation;

import org.jspecify.annotations.NullMarked;
