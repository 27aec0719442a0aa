package dev.firebuild.dockerfile.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.CaseTable;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PatternsTest {
  private interface Match {
    boolean test(String pattern, String path) throws PatternException;
  }

  static List<CaseTable.Row> globs() {
    return CaseTable.read("pattern/globs.txt");
  }

  static List<CaseTable.Row> ignored() {
    return CaseTable.read("pattern/ignored.txt");
  }

  @ParameterizedTest
  @MethodSource("globs")
  void globMatches(CaseTable.Row row) throws PatternException {
    check(row, (pattern, path) -> GlobPattern.parse(pattern).matches(path));
  }

  @ParameterizedTest
  @MethodSource("ignored")
  void rulesExclude(CaseTable.Row row) throws PatternException {
    check(row, (rules, path) -> IgnoreRules.parse(rules).excludes(path));
  }

  private static void check(CaseTable.Row row, Match match) throws PatternException {
    int blank = row.input().lastIndexOf(' ');
    String pattern = row.input().substring(0, blank);
    String path = row.input().substring(blank + 1);
    if (row.isError()) {
      assertThatThrownBy(() -> match.test(pattern, path))
          .isInstanceOf(PatternException.class)
          .hasMessageContaining(row.message());
    } else {
      assertThat(match.test(pattern, path)).isEqualTo(Boolean.parseBoolean(row.outcome()));
    }
  }

  @Test
  void aTreeIsSkippedOnlyIfNothingInItCanBeTakenInAgain() throws PatternException {
    IgnoreRules rules = IgnoreRules.parse("node_modules\ndocs\n!docs/keep/*.md\n");

    assertThat(rules.excludesTree("node_modules")).isTrue();
    assertThat(rules.excludesTree("docs")).isFalse();
    assertThat(rules.excludesTree("docs/keep")).isFalse();
    assertThat(rules.excludesTree("docs/other")).isTrue();
    assertThat(rules.excludesTree("src")).isFalse();
    assertThat(IgnoreRules.parse("a\n!**/x").excludesTree("a")).isFalse();
  }

  @Test
  void aByteOrderMarkAndCarriageReturnsDoNotCount() throws PatternException {
    assertThat(IgnoreRules.parse("\uFEFFtmp\r\nx\r\n").excludes("tmp")).isTrue();
  }

  @Test
  @Timeout(20)
  void manyStarsTakeNoTime() throws PatternException {
    String path = "a/".repeat(300) + "b";

    assertThat(IgnoreRules.parse("**/a".repeat(50) + "/**/c").excludes(path)).isFalse();
    assertThat(GlobPattern.parse("*a".repeat(300) + "b").matches("a".repeat(1_000))).isFalse();
  }

  @Test
  void aSourceWithoutWildcardsIsOnePath() throws PatternException {
    SourcePattern source = SourcePattern.parse("/a/../b\\[1].txt/");

    assertThat(source.literal()).contains("/b\\[1].txt");
    assertThat(source.directory()).isEqualTo("/b\\[1].txt");
    assertThat(source.matches("")).isTrue();
    assertThat(source.matches("x")).isFalse();
  }

  @Test
  void aSourceWithWildcardsIsLookedForBelowItsFixedPart() throws PatternException {
    SourcePattern source = SourcePattern.parse("/src/lib/*/[ab].c");

    assertThat(source.literal()).isEmpty();
    assertThat(source.directory()).isEqualTo("/src/lib");
    assertThat(source.matches("x/a.c")).isTrue();
    assertThat(source.matches("x/y/a.c")).isFalse();
    assertThat(SourcePattern.parse("/*").directory()).isEqualTo("/");
    assertThat(SourcePattern.parse("/*").matches(".hidden")).isTrue();
  }

  @Test
  void pathsAreCleanedAsText() {
    assertThat(List.of("", "/", "a//b/", "./a/../b", "../a", "/../a", "a/.", "..", "/a/b/../.."))
        .map(Paths::clean)
        .containsExactly(".", "/", "a/b", "b", "../a", "/a", "a", "..", "/");
    assertThat(Paths.resolve("/w", "../x")).isEqualTo("/x");
    assertThat(Paths.resolve("/w", "/x/.")).isEqualTo("/x");
  }
}
