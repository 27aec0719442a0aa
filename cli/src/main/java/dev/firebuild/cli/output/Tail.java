package dev.firebuild.cli.output;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Splits output into lines and keeps the last of them. */
public final class Tail {
  private static final int KEPT = 20;
  private static final int LONGEST = 8 * 1024;

  private final Deque<String> lines = new ArrayDeque<>();
  private final ByteArrayOutputStream open = new ByteArrayOutputStream();

  /** Takes in bytes; returns the lines that are whole now, cleaned for a terminal. */
  public List<String> add(byte[] bytes) {
    List<String> whole = new ArrayList<>();
    for (byte b : bytes) {
      if (b == '\n' || open.size() >= LONGEST) {
        whole.add(take());
      }
      if (b != '\n') {
        open.write(b);
      }
    }
    return whole;
  }

  /** What stands on the last, unfinished line; it is then a whole one. */
  public List<String> finish() {
    return open.size() == 0 ? List.of() : List.of(take());
  }

  private String take() {
    String line = open.toString(StandardCharsets.UTF_8);
    open.reset();
    // A program that redraws its line means what it wrote last.
    String shown = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    String clean = Text.clean(shown.substring(shown.lastIndexOf('\r') + 1));
    lines.addLast(clean);
    if (lines.size() > KEPT) {
      lines.removeFirst();
    }
    return clean;
  }

  /** The last {@code count} lines. */
  public List<String> last(int count) {
    List<String> all = new ArrayList<>(lines);
    if (open.size() > 0) {
      all.add(Text.clean(open.toString(StandardCharsets.UTF_8)));
    }
    return all.subList(Math.max(0, all.size() - count), all.size());
  }
}
