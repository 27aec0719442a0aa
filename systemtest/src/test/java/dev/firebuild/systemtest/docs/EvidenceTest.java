package dev.firebuild.systemtest.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.systemtest.harness.Checkout;
import dev.firebuild.systemtest.harness.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@code docs/evidence.md} names only tests that exist. */
class EvidenceTest {
  private static final Path ROOT = Checkout.find().root();
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern TEST =
      Pattern.compile("(?<module>[a-z]+):(?<class>[A-Za-z0-9]+)(?:#(?<method>[A-Za-z0-9]+))?");

  @TestFactory
  Stream<DynamicTest> everyNamedTestExists() throws IOException, InterruptedException {
    Set<String> suites =
        Set.copyOf(
            Program.of(ROOT.resolve("verify").toString(), "--list")
                .run()
                .requireSuccess()
                .stdout()
                .lines()
                .toList());
    return references().stream()
        .distinct()
        .map(reference -> DynamicTest.dynamicTest(reference, () -> check(reference, suites)));
  }

  @Test
  void everyClaimNamesATest() throws IOException {
    assertThat(rows()).isNotEmpty().allSatisfy(row -> assertThat(references(row)).isNotEmpty());
  }

  private static void check(String reference, Set<String> suites) throws IOException {
    Matcher test = TEST.matcher(reference);
    if (!test.matches()) {
      assertThat(suites).as("suites of ./verify").contains(reference);
      return;
    }
    Path sources = ROOT.resolve(test.group("module")).resolve("src/test/java");
    String source = source(sources, test.group("class"));
    if (test.group("method") != null) {
      assertThat(annotations(source, test.group("method")))
          .as("%s in %s", test.group("method"), test.group("class"))
          .containsPattern("@[A-Za-z]*(Test|TestFactory|Property)\\b");
    }
  }

  /** What stands between the end of the member before {@code method} and its name. */
  private static String annotations(String source, String method) {
    Matcher name = Pattern.compile("(?m)^  [^/ *}].* " + method + "\\(").matcher(source);
    if (!name.find()) {
      return "";
    }
    String before = source.substring(0, name.start());
    return before.substring(Math.max(0, before.lastIndexOf("\n  }\n")));
  }

  private static String source(Path folder, String className) throws IOException {
    assertThat(folder).isDirectory();
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> found = files.filter(file -> file.endsWith(className + ".java")).toList();
      assertThat(found).as("%s in %s", className, folder).hasSize(1);
      return Files.readString(found.getFirst());
    }
  }

  private static List<String> references() throws IOException {
    return rows().stream().flatMap(row -> references(row).stream()).toList();
  }

  /** What stands as code in the last column. */
  private static List<String> references(String row) {
    String cells = row.strip();
    String last = cells.substring(cells.lastIndexOf('|', cells.length() - 2));
    return CODE.matcher(last).results().map((MatchResult result) -> result.group(1)).toList();
  }

  /** The rows of all tables, without their heads. */
  private static List<String> rows() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("docs/evidence.md"));
    return lines.stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| claim "))
        .toList();
  }
}
