package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.Path;

/** ext4 files that this host makes, and the two facts that it reads of those a guest wrote. */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString", "UnusedVariable"})
public final class Ext4 {
  private final Processes processes;

  public Ext4(Processes processes) {
    this.processes = processes;
  }

  /**
   * Makes {@code file}, which must not exist, an empty sparse ext4 file system of {@code bytes}.
   */
  public void create(Path file, long bytes) throws IOException {
    throw new UnsupportedOperationException("" + file + bytes + processes);
  }

  /**
   * Makes {@code file} a layer from a directory that this host trusts.
   *
   * @param tree holds the layer's tree under {@code .up}
   */
  public void createFrom(Path tree, Path file, long bytes) throws IOException {
    throw new UnsupportedOperationException("" + tree + file + bytes);
  }

  /** Whether {@code file} was unmounted or frozen cleanly: no errors, nothing in the journal. */
  public static boolean isClean(Path file) throws IOException {
    throw new UnsupportedOperationException("" + file);
  }
}
