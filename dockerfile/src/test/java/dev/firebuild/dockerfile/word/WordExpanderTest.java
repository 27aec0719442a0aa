package dev.firebuild.dockerfile.word;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.CaseTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WordExpanderTest {
  private static final Map<String, String> VALUES =
      Map.of(
          "SET", "value",
          "EMPTY", "",
          "PATHLIKE", "/usr/local/lib/x",
          "DOTS", "a.b.c",
          "DOLLAR", "$SET",
          "TWO", "one two",
          "LINES", "a\nb");
  private static final Variables VARIABLES = name -> Optional.ofNullable(VALUES.get(name));

  private final WordExpander expander =
      new WordExpander(WordStyle.arguments('\\'), Budget.standard());

  static List<CaseTable.Row> expansions() {
    return CaseTable.read("word/expansions.txt");
  }

  @ParameterizedTest
  @MethodSource("expansions")
  void expands(CaseTable.Row row) throws WordException {
    if (row.isError()) {
      assertThatThrownBy(() -> expander.expand(row.input(), VARIABLES))
          .isInstanceOf(WordException.class)
          .hasMessageContaining(row.message());
    } else {
      assertThat(expander.expand(row.input(), VARIABLES)).isEqualTo(row.outcome());
    }
  }

  @Test
  void valuesDivideWordsOutsideQuotesOnly() throws WordException {
    assertThat(expander.split("$TWO \"$TWO\" a\\ b", VARIABLES))
        .containsExactly("one", "two", "one two", "a b");
  }

  @Test
  void backtickEscapesWhereTheFileSaysSo() throws WordException {
    WordExpander windows = new WordExpander(WordStyle.arguments('`'), Budget.standard());

    assertThat(windows.expand("C:\\dir\\`$SET", VARIABLES)).isEqualTo("C:\\dir\\$SET");
  }

  @Test
  void shownTextKeepsQuotesAndUnsetVariables() throws WordException {
    WordExpander display = new WordExpander(WordStyle.display('\\'), Budget.standard());

    assertThat(display.expand("echo \"$SET\" '$SET' $NONE ${NONE:-x} ${NONE#y}", VARIABLES))
        .isEqualTo("echo \"value\" '$SET' $NONE ${NONE:-x} ${NONE#y}");
  }

  @Test
  void deepNestingIsAnError() {
    String nested = "${NONE:-".repeat(100_000) + "}".repeat(100_000);

    assertThatThrownBy(() -> expander.expand(nested, VARIABLES))
        .isInstanceOf(WordException.class)
        .hasMessageContaining("nested too deeply");
  }

  @Test
  @Timeout(20)
  void patternsOfManyStarsTakeNoTime() throws WordException {
    String value = "a".repeat(5_000);
    Variables variables = _ -> Optional.of(value);

    assertThat(expander.expand("${V##" + "*a".repeat(200) + "b}", variables)).isEqualTo(value);
    assertThat(expander.expand("${V/" + "*a".repeat(200) + "b/x}", variables)).isEqualTo(value);
  }

  @Test
  @Timeout(20)
  void replacingEverythingInALongValueIsRefusedRatherThanSlow() {
    Variables variables = _ -> Optional.of("a".repeat(1 << 20));

    assertThatThrownBy(() -> expander.expand("${V//a/b}", variables))
        .isInstanceOf(WordException.class)
        .hasMessageContaining("too much text");
  }
}
