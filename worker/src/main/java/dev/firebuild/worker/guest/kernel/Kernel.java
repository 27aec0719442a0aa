package dev.firebuild.worker.guest.kernel;

import dev.firebuild.protocol.Digest;
import java.nio.file.Path;

/**
 * A kernel in the store.
 *
 * @param name the name it was imported under
 * @param digest of the kernel file
 * @param directory has {@code vmlinuz}, {@code modules/} and {@code manifest.json}
 */
public record Kernel(String name, Digest digest, Path directory) {
  /** The file that QEMU boots. */
  public Path image() {
    return directory.resolve("vmlinuz");
  }

  /** The modules that the initramfs loads; may be empty where they are built in. */
  public Path modules() {
    return directory.resolve("modules");
  }
}
