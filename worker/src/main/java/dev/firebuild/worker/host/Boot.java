package dev.firebuild.worker.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This boot of the host. */
public final class Boot {
  private static final Path ID = Path.of("/proc/sys/kernel/random/boot_id");

  private Boot() {}

  /** Drawn by the kernel when it started; no other boot of any host has it. */
  public static String id() {
    try {
      return Files.readString(ID).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read which boot of the host this is: " + ID, e);
    }
  }
}
