/**
 * Faults that are forced: workers and coordinators as processes of their own are halted at a named
 * place of their code by a debugger, so that no chance decides on the interleaving, and killed or
 * frozen there. Each test first shows the danger, then that nothing came of it. Uses {@code
 * systemtest.queue} and the harness.
 */
@NullMarked
package dev.firebuild.systemtest.fault;

import org.jspecify.annotations.NullMarked;
