/**
 * Runs: a granted request becomes a VM that is held, told and at last removed, also by a worker
 * that did not start it. Implements the queue's {@code RunExecutor} with {@code vm} and {@code
 * image}; uses {@code guest} and {@code host}.
 */
@NullMarked
package dev.firebuild.worker.run;

import org.jspecify.annotations.NullMarked;
