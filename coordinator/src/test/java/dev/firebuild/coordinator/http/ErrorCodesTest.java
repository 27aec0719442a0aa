package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of docs/http.md has the codes of the sources, and no others. */
class ErrorCodesTest {
  /** A problem as the sources make it: by status and code, or by the short ways of Problems. */
  private static final Pattern MADE =
      Pattern.compile(
          "(?:Problem\\s*\\.of\\(\\s*\\d{3},|(?:Problems\\.)?(?:conflict|invalid)\\()\\s*\"([a-z-]+)\"");

  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z-]+)` \\| \\d{3}", Pattern.MULTILINE);

  @Test
  void everyCodeIsDocumentedAndEveryDocumentedOneExists() throws IOException {
    String page = Files.readString(Path.of("../docs/http.md"));
    Set<String> documented =
        ROW.matcher(page).results().map(row -> row.group(1)).collect(Collectors.toSet());

    assertThat(new TreeSet<>(documented)).isEqualTo(new TreeSet<>(made()));
  }

  private static Set<String> made() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .flatMap(file -> MADE.matcher(read(file)).results())
          .map(code -> code.group(1))
          .collect(Collectors.toSet());
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
