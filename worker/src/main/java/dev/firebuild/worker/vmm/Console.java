package dev.firebuild.worker.vmm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * Reads a guest's serial line: hands on each line, and keeps what was printed in a file that is set
 * aside (as {@code FILE.1}) when it is full, so that the newest bytes are there and no guest fills
 * the host's disk.
 */
public final class Console {
  private static final int FILE_LIMIT = 256 * 1024;
  private static final int LINE_LIMIT = 4096;

  private final Path file;
  private final Consumer<String> lines;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  public Console(Path file, Consumer<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  /** Reads {@code in} to its end. */
  public void pump(InputStream in) throws IOException {
    byte[] buffer = new byte[8192];
    long size = Files.exists(file) ? Files.size(file) : 0;
    OutputStream out = open();
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (size + n > FILE_LIMIT) {
          out.close();
          Path aside = file.resolveSibling(file.getFileName() + ".1");
          Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
          out = open();
          size = 0;
        }
        out.write(buffer, 0, n);
        size += n;
        split(buffer, n);
      }
    } finally {
      out.close();
    }
  }

  private OutputStream open() throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void split(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      byte b = bytes[i];
      if (b == '\n') {
        lines.accept(line.toString(StandardCharsets.UTF_8).stripTrailing());
        line.reset();
      } else if (line.size() < LINE_LIMIT) {
        line.write(b);
      }
    }
  }
}
