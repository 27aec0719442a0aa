package dev.firebuild.dockerfile;

/**
 * The lines of one instruction in a Dockerfile, continuation lines and heredocs included.
 *
 * @param firstLine from 1
 * @param lastLine not before {@code firstLine}
 */
public record Location(int firstLine, int lastLine) {
  /** Throws {@link IllegalArgumentException} if the lines are not in order. */
  public Location {
    if (firstLine < 1 || lastLine < firstLine) {
      throw new IllegalArgumentException("lines %d to %d".formatted(firstLine, lastLine));
    }
  }

  /** A single line. */
  public static Location line(int line) {
    return new Location(line, line);
  }

  /** {@code line 3} or {@code lines 3-5}. */
  @Override
  public String toString() {
    return firstLine == lastLine ? "line " + firstLine : "lines " + firstLine + "-" + lastLine;
  }
}
