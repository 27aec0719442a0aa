package dev.firebuild.systemtest.fake;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of output that says when it was written, by the clock that all processes of one host
 * share: {@code at=123456789 …}.
 */
public final class StampedLine {
  private static final Pattern STAMP = Pattern.compile("at=(\\d{19})");
  private static final String REST =
      " a line of output as compilers and package managers write it\n";
  private static final int PIECE = 32 << 10;

  private StampedLine() {}

  /** Where lines go. */
  @FunctionalInterface
  public interface Sink {
    void write(byte[] bytes) throws InterruptedException;
  }

  /** A line of now. */
  public static byte[] now() {
    return "at=%019d%s".formatted(System.nanoTime(), REST).getBytes(StandardCharsets.US_ASCII);
  }

  /** When the first line in {@code text} was written; of {@link System#nanoTime}. */
  public static Optional<Long> writtenAt(String text) {
    Matcher stamp = STAMP.matcher(text);
    return stamp.find() ? Optional.of(Long.parseLong(stamp.group(1))) : Optional.empty();
  }

  /** All stamps in {@code text}. */
  public static long[] allWrittenAt(String text) {
    return STAMP.matcher(text).results().mapToLong(r -> Long.parseLong(r.group(1))).toArray();
  }

  /** Writes {@code count} lines, evenly, {@code perSecond} of them. */
  public static void pour(int perSecond, int count, Sink sink) throws InterruptedException {
    long begin = System.nanoTime();
    for (int line = 0; line < count; line++) {
      long due = begin + line * 1_000_000_000L / perSecond;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      sink.write(now());
    }
  }

  /** Writes {@code bytes} of lines as fast as they are taken. */
  public static void flood(long bytes, Sink sink) throws InterruptedException {
    byte[] piece = new byte[PIECE];
    byte[] line = now();
    for (int i = 0; i < piece.length; i++) {
      piece[i] = line[i % line.length];
    }
    for (long left = bytes; left > 0; left -= piece.length) {
      sink.write(piece);
    }
  }
}
