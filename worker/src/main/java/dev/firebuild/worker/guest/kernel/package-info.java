/** The store of kernels that guests boot. Uses {@code host}. */
@NullMarked
package dev.firebuild.worker.guest.kernel;

import org.jspecify.annotations.NullMarked;
