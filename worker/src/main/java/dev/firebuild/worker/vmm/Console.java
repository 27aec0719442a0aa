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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a guest's serial line: hands on each line, and keeps what was printed in a file that is set
 * aside (as {@code FILE.1}) when it is full, so that the newest bytes are there and no guest fills
 * the host's disk. Where nothing can be kept the lines are handed on all the same: a guest whose
 * line nobody reads stands still.
 */
public final class Console {
  private static final Logger log = LoggerFactory.getLogger(Console.class);
  private static final int FILE_LIMIT = 256 * 1024;
  private static final int LINE_LIMIT = 4096;

  private final Path file;
  private final Consumer<String> lines;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean failing;

  public Console(Path file, Consumer<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  /** Reads {@code in} to its end. */
  public void pump(InputStream in) throws IOException {
    byte[] buffer = new byte[8192];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      keep(buffer, n);
      split(buffer, n);
    }
  }

  private void keep(byte[] bytes, int length) {
    try {
      if (Files.exists(file) && Files.size(file) + length > FILE_LIMIT) {
        Path aside = file.resolveSibling(file.getFileName() + ".1");
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      }
      try (OutputStream out =
          Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        out.write(bytes, 0, length);
      }
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        log.atWarn().addKeyValue("file", file).setCause(e).log("a guest's console is not kept");
      }
      failing = true;
    }
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
