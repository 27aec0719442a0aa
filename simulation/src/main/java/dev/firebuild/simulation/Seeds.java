package dev.firebuild.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** Where seeds come from. */
final class Seeds {
  private Seeds() {}

  /** A number is itself, any other text, such as a commit, some positive number. */
  static long of(String text) {
    return text.matches("-?[0-9]{1,18}")
        ? Long.parseLong(text)
        : new SplittableRandom(text.hashCode()).nextLong() >>> 20;
  }

  /** Those that once showed something. */
  static List<Long> failedOnce() {
    try (InputStream file = Seeds.class.getResourceAsStream("/failed-seeds.txt")) {
      if (file == null) {
        throw new IllegalStateException("failed-seeds.txt is not among the resources");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> Long.valueOf(line.split(" ", 2)[0]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("failed-seeds.txt cannot be read", e);
    }
  }
}
