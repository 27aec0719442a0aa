/**
 * What runs inside a VM and the way to talk to it: initramfs, scripts, config drive, SSH session,
 * build steps. Uses {@code guest.kernel} and {@code host}.
 */
@NullMarked
package dev.firebuild.worker.guest;

import org.jspecify.annotations.NullMarked;
