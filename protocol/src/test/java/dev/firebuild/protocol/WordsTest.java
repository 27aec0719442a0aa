package dev.firebuild.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The forms as expressions say what the code is to do. */
class WordsTest {
  private static final String LETTERS = "aZ0._-/:é";
  private static final int LENGTH = 5;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
  private static final Pattern PATH = Pattern.compile("[a-z0-9]+(?:[._/-][a-z0-9]+)*");

  @Test
  void everyShortTextIsJudgedAsTheExpressionsDo() {
    forAll(
        "",
        text -> {
          assertThat(Ids.isValid(text))
              .as(text)
              .isEqualTo(ID.matcher(text).matches() && !text.equals(".") && !text.equals(".."));
          assertThat(Words.isPath(text)).as(text).isEqualTo(PATH.matcher(text).matches());
          assertThat(isTag(text)).as(text).isEqualTo(TAG.matcher(text).matches());
        });
  }

  @Test
  void longTextsHaveTheirLimit() {
    assertThat(Ids.isValid("a".repeat(128))).isTrue();
    assertThat(Ids.isValid("a".repeat(129))).isFalse();
    assertThat(isTag("a".repeat(128))).isTrue();
    assertThat(isTag("a".repeat(129))).isFalse();
    assertThatThrownBy(() -> Reference.parse("a".repeat(256)))
        .hasMessageContaining("255 characters");
  }

  @Test
  void drawnIdsAreTwentyOfAllLettersAndDigits() {
    Random random = new Random(1);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      assertThat(Ids.draw(random)).matches("[a-z0-9]{20}");
      all.append(Ids.draw(random));
    }

    assertThat(all.chars().distinct().count()).isEqualTo(36);
    // The 36th part of 20 000 is 556.
    assertThat(all.chars().filter(c -> c == 'a').count()).isBetween(450L, 660L);
    assertThat(all.chars().filter(c -> c == '9').count()).isBetween(450L, 660L);
  }

  private static boolean isTag(String text) {
    try {
      return new Reference("web", text).tag().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void forAll(String begin, Consumer<String> check) {
    check.accept(begin);
    if (begin.length() < LENGTH) {
      LETTERS.chars().forEach(c -> forAll(begin + (char) c, check));
    }
  }
}
