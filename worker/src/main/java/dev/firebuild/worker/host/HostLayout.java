package dev.firebuild.worker.host;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Every path on disk that machines use, below one root.
 *
 * @param root the worker's data directory
 */
public record HostLayout(Path root) {
  private static final Pattern ID = Pattern.compile("[a-z0-9]{20}");

  public HostLayout {
    root = root.toAbsolutePath().normalize();
  }

  /** One directory per machine, named after its id. */
  public Path machines() {
    return root.resolve("machines");
  }

  /** The directory of machine {@code id}, readable by its owner only. */
  public MachineLayout machine(String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("machine id: expected 20 characters a-z 0-9");
    }
    return new MachineLayout(machines().resolve(id));
  }

  /** The kernel store. */
  public Path kernels() {
    return root.resolve("kernels");
  }

  /** What can be made again: initramfs files, the result of the KVM probe. */
  public Path cache() {
    return root.resolve("cache");
  }
}
