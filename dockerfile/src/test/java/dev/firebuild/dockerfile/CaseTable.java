package dev.firebuild.dockerfile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Cases in a file of {@code src/test/resources}: a line each, input and outcome divided by {@code
 * =>}. An outcome that begins with {@code !} is a part of an error's message. {@code \n} and {@code
 * \t} stand for themselves in the input if they are written as {@code ⏎} and {@code ⇥}.
 */
public final class CaseTable {
  private CaseTable() {}

  /** A line of a table. */
  public record Row(String input, String outcome) {
    /** The part of the message, if an error is expected. */
    public boolean isError() {
      return outcome.startsWith("!");
    }

    public String message() {
      return outcome.substring(1);
    }

    @Override
    public String toString() {
      return input;
    }
  }

  /** Reads a table; lines that begin with {@code ##} are comments. */
  public static List<Row> read(String name) {
    try {
      return Files.readAllLines(Path.of("src/test/resources").resolve(name)).stream()
          .filter(line -> !line.isBlank() && !line.startsWith("##"))
          .map(line -> row(name, line))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Row row(String name, String line) {
    int arrow = line.lastIndexOf(" => ");
    if (arrow < 0 && !line.endsWith(" =>")) {
      throw new IllegalStateException(name + ": no => in " + line);
    }
    int end = arrow < 0 ? line.length() - 3 : arrow;
    String outcome = arrow < 0 ? "" : line.substring(arrow + 4);
    return new Row(characters(line.substring(0, end)), characters(outcome));
  }

  private static String characters(String text) {
    return text.replace('⏎', '\n').replace('⇥', '\t');
  }
}
