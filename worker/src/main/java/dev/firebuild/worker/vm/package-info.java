/**
 * The life of a VM: start, watch, stop, re-adopt, and the journal of what it holds on the host.
 * Uses {@code vmm}, {@code network}, {@code guest}, {@code host}.
 */
@NullMarked
package dev.firebuild.worker.vm;

import org.jspecify.annotations.NullMarked;
