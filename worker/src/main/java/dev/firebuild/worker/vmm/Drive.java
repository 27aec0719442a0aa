package dev.firebuild.worker.vmm;

import java.nio.file.Path;

/**
 * A drive of a VM: the bytes of a file, as they are.
 *
 * @param file on this host
 * @param writable enforced by the VMM
 */
public record Drive(Path file, boolean writable) {}
