package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.Path;

/** Files with holes. */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString", "UnusedVariable"})
public final class SparseFiles {
  private SparseFiles() {}

  /** Makes {@code file}, which must not exist, a hole of {@code bytes}. */
  public static void create(Path file, long bytes) throws IOException {
    throw new UnsupportedOperationException("" + file + bytes);
  }

  /** Copies {@code from} to {@code to}, which must not exist, and keeps its holes. */
  public static void copy(Path from, Path to) throws IOException {
    throw new UnsupportedOperationException("" + from + to);
  }
}
