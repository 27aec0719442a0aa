package dev.firebuild.dockerfile.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.Position;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DockerfileTextTest {
  private static DockerfileText read(String... lines) throws DockerfileException {
    return DockerfileText.read(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  private static DockerfileException errorOf(byte[] bytes) {
    return catchThrowableOfType(DockerfileException.class, () -> DockerfileText.read(bytes));
  }

  @Test
  void anInstructionHasItsLinesAndItsComments() throws DockerfileException {
    DockerfileText text =
        read(
            "# lost",
            "#",
            "# kept",
            "FROM x",
            "",
            "RUN one \\",
            "  # inner",
            "",
            "  two",
            "USER a");

    InstructionText from = text.instructions().get(0);
    assertThat(from.comments()).containsExactly("kept");
    InstructionText run = text.instructions().get(1);
    assertThat(run.line()).isEqualTo("RUN one   two");
    assertThat(run.location()).isEqualTo(new Location(6, 9));
    assertThat(run.sourceLines()).containsExactly("RUN one \\", "  # inner", "", "  two");
    assertThat(run.emptyContinuation()).isTrue();
    assertThat(text.instructions().get(2).location()).isEqualTo(Location.line(10));
  }

  @Test
  void directivesAreReadFromTheTopOnly() throws DockerfileException {
    DockerfileText text =
        read("# syntax=a/b:1", "# escape=`", "FROM x", "# check=skip=all", "RUN a`", "b");

    assertThat(text.directives())
        .isEqualTo(new Directives('`', Optional.of("a/b:1"), Optional.empty()));
    assertThat(text.instructions().get(1).line()).isEqualTo("RUN ab");
  }

  @Test
  void flagsAreToldApartFromArguments() throws DockerfileException {
    InstructionText copy = read("COPY --chown=\"a b\":c --link -- --x y").instructions().getFirst();

    assertThat(copy.flags()).containsExactly("--chown=a b:c", "--link");
    assertThat(copy.arguments()).isEqualTo("--x y");
  }

  @Test
  void heredocsBelongToTheirInstruction() throws DockerfileException {
    InstructionText run =
        read("RUN cat <<ONE <<-'TWO'", "$a\\", "ONE", "\tb", "\tTWO", "USER x")
            .instructions()
            .getFirst();

    assertThat(run.heredocs())
        .containsExactly(
            new Heredoc("ONE", true, false, "$a\\\n"), new Heredoc("TWO", false, true, "\tb\n"));
    assertThat(run.heredocs().getLast().text()).isEqualTo("b\n");
    assertThat(run.location()).isEqualTo(new Location(1, 5));
  }

  @Test
  void onlyRunCopyAndAddHaveHeredocs() throws DockerfileException {
    List<InstructionText> instructions =
        read("ENV A=<<EOF", "ONBUILD COPY <<EOF /x", "text", "EOF", "CMD cat <<EOF").instructions();

    assertThat(instructions).hasSize(3);
    assertThat(instructions.get(1).heredocs()).hasSize(1);
  }

  @Test
  void anErrorTellsTheColumnOfTheWord() throws DockerfileException {
    InstructionText copy = read("FROM x", "  COPY a \\", "    b c").instructions().get(1);

    assertThat(copy.error(Phase.PARSE, "no", "c").position()).contains(new Position(3, 7));
    assertThat(copy.error(Phase.PARSE, "no").describe())
        .isEqualTo("Dockerfile line 2, column 3: no");
  }

  @Test
  void textThatIsNotUtf8IsAnErrorUnlessItIsAComment() throws DockerfileException {
    byte[] comment = "# \u00fc\nFROM x".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(DockerfileText.read(comment).instructions()).hasSize(1);

    DockerfileException error =
        errorOf("FROM x\nENV A=\u00fc".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(error).hasMessageContaining("UTF-8");
    assertThat(error.locations()).containsExactly(Location.line(2));
  }

  @Test
  void nulCharactersAreAnError() {
    assertThat(errorOf("RUN a\0b".getBytes(StandardCharsets.UTF_8))).hasMessageContaining("NUL");
  }

  @Test
  void aFileOfManyInstructionsIsRefused() {
    assertThat(errorOf("USER x\n".repeat(10_001).getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("10000 instructions");
    assertThat(errorOf(new byte[(4 << 20) + 1])).hasMessageContaining("bytes");
  }

  @Test
  void jsonIsToldFromWhatLooksLikeIt() {
    assertThat(JsonStrings.read("[\"a\", \"\\u00fc\\n\\ud83d\\ude00\"]"))
        .contains(List.of(Optional.of("a"), Optional.of("ü\n😀")));
    assertThat(JsonStrings.read(" [ ] ")).contains(List.of());
    assertThat(JsonStrings.read("[\"a\", {\"b\": [1, null]}]"))
        .contains(List.of(Optional.of("a"), Optional.empty()));
    for (String none :
        List.of(
            "['a']", "[\"a\",]", "[\"a\"] x", "[", "[\"a", "[\"\\x\"]", "[01]", "[\"a\tb\"]", "")) {
      assertThat(JsonStrings.read(none)).as(none).isEmpty();
    }
    assertThat(JsonStrings.read("[".repeat(100_000))).isEmpty();
  }

  @Test
  void suggestionsAreNear() {
    assertThat(Suggestion.forWord("COPPY", List.of("COPY", "RUN")))
        .isEqualTo(" (did you mean COPY?)");
    assertThat(Suggestion.forWord("nothing", List.of("COPY", "RUN"))).isEmpty();
    List<String> images = List.of("debian:bookworm-slim", "debian:trixie", "web:latest");
    assertThat(Suggestion.forReference("debian", images))
        .isEqualTo(" (did you mean debian:bookworm-slim, debian:trixie?)");
    assertThat(Suggestion.forReference("wev:latest", images))
        .isEqualTo(" (did you mean web:latest?)");
    assertThat(Suggestion.forReference("alpine", images)).isEmpty();
  }

  @Test
  void anEmptyFileIsAnErrorWithoutALine() {
    assertThatThrownBy(() -> DockerfileText.read(new byte[0]))
        .isInstanceOfSatisfying(DockerfileException.class, e -> assertThat(e.location()).isEmpty())
        .hasMessageContaining("empty");
  }
}
