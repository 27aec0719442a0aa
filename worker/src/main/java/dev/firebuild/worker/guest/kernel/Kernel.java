package dev.firebuild.worker.guest.kernel;

import dev.firebuild.protocol.Digest;
import java.nio.file.Path;
import java.util.List;

/**
 * A kernel in the store.
 *
 * @param name the name it was imported under
 * @param digest of the manifest, which has the digests of the kernel and of all its modules
 * @param directory has {@code vmlinuz}, {@code modules/} and {@code manifest.json}
 * @param moduleOrder file names of the modules that the initramfs loads, each after those that it
 *     needs; what is part of the kernel itself is not among them
 */
public record Kernel(String name, Digest digest, Path directory, List<String> moduleOrder) {
  public Kernel {
    moduleOrder = List.copyOf(moduleOrder);
  }

  /** The file that QEMU boots. */
  public Path image() {
    return directory.resolve(KernelStore.IMAGE);
  }

  /** Where the modules lie. */
  public Path modules() {
    return directory.resolve(KernelStore.MODULES);
  }
}
