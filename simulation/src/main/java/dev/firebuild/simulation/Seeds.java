package dev.firebuild.simulation;

import java.util.SplittableRandom;

/** Seeds from what people write. */
final class Seeds {
  private Seeds() {}

  /** A number is itself, any other text, such as a commit, some positive number. */
  static long of(String text) {
    return text.matches("-?[0-9]{1,18}")
        ? Long.parseLong(text)
        : new SplittableRandom(text.hashCode()).nextLong() >>> 20;
  }
}
