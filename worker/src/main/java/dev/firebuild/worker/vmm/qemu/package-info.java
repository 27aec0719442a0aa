/**
 * The QEMU driver: KVM where a guest really boots, TCG elsewhere. Uses {@code vmm} and {@code
 * host}.
 */
@NullMarked
package dev.firebuild.worker.vmm.qemu;

import org.jspecify.annotations.NullMarked;
