package dev.firebuild.worker.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of docs/hosts.md have the checks and sources of the code, in its order. */
class DocumentedChecksTest {
  private static final Path PAGE = Path.of("../docs/hosts.md");
  private static final Pattern CHECK =
      Pattern.compile(
          "^\\| `([a-z0-9-]+)` \\| (\\w+) \\| (.+) \\| ([a-z ]+) \\|$", Pattern.MULTILINE);
  private static final Pattern SOURCE =
      Pattern.compile("^\\| ([a-z ]+) \\| <(\\S+)> \\|$", Pattern.MULTILINE);

  @Test
  void everyCheckIsDocumentedAndEveryDocumentedOneExists() throws IOException {
    List<List<String>> documented =
        CHECK
            .matcher(Files.readString(PAGE))
            .results()
            .map(row -> List.of(row.group(1), row.group(2), row.group(3), row.group(4)))
            .toList();

    assertThat(documented)
        .containsExactlyElementsOf(
            TestSubject.checks().stream()
                .map(check ->
                    List.of(check.id(), check.group().word(), check.title(), check.source().word()))
                .toList());
  }

  @Test
  void everySourceIsDocumented() throws IOException {
    List<List<String>> documented =
        SOURCE
            .matcher(Files.readString(PAGE))
            .results()
            .map(row -> List.of(row.group(1), row.group(2)))
            .toList();

    assertThat(documented)
        .containsExactlyElementsOf(
            Arrays.stream(Source.values())
                .filter(source -> source != Source.FIREBUILD)
                .map(source -> List.of(source.word(), source.address()))
                .toList());
  }
}
