/** What brings the world to a VM's tap, and what keeps the VM off the host. Uses {@code host}. */
@NullMarked
package dev.firebuild.worker.network;

import org.jspecify.annotations.NullMarked;
