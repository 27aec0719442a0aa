/**
 * Workers under a debugger: stopped at the entry of any method, and killed there, without a line
 * for tests in the code that is tested.
 */
@NullMarked
package dev.firebuild.worker.debug;

import org.jspecify.annotations.NullMarked;
