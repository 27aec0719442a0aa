package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32;

/** The user that a machine's VMM runs as: one of its own where this process is root. */
public final class VmUser {
  /** Above all ids that people and containers use. */
  public static final long FIRST = 0x7000_0000L;

  public static final long COUNT = 0x0fff_ffffL;

  private VmUser() {}

  /** Whether this process is root. */
  public static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The user and group id of machine {@code id}; absent where this process may not take another, as
   * an ordinary user or in a container that has only few.
   */
  public static Optional<Long> of(String id) {
    CRC32 hash = new CRC32();
    hash.update(id.getBytes(StandardCharsets.UTF_8));
    return isRoot() && mapsAll() ? Optional.of(FIRST + hash.getValue() % COUNT) : Optional.empty();
  }

  private static boolean mapsAll() {
    try {
      String[] range = Files.readString(Path.of("/proc/self/uid_map")).strip().split("\\s+", -1);
      return range.length == 3 && Long.parseLong(range[2]) > FIRST + COUNT;
    } catch (IOException e) {
      return false;
    }
  }
}
