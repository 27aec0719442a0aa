/**
 * The worker's HTTP port, for coordinators: what only the host that has an image, a kernel or a VM
 * can show. Uses {@code image} and {@code guest.kernel}.
 */
@NullMarked
package dev.firebuild.worker.http;

import org.jspecify.annotations.NullMarked;
