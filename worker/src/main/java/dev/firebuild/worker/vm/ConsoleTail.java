package dev.firebuild.worker.vm;

import dev.firebuild.protocol.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The last words of a guest, for an error message. */
final class ConsoleTail {
  private static final int LIMIT = 160;

  private ConsoleTail() {}

  static String of(Path console) {
    try {
      String text = new String(Files.readAllBytes(console), StandardCharsets.UTF_8).strip();
      return Text.quote(text.substring(Math.max(0, text.length() - LIMIT)));
    } catch (IOException e) {
      return "(nothing)";
    }
  }
}
