package dev.firebuild.dockerfile.instruction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.CaseTable;
import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.text.DockerfileText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InstructionParserTest {
  static List<CaseTable.Row> instructions() {
    return CaseTable.read("instruction/instructions.txt");
  }

  private static Instruction parse(String text) throws DockerfileException {
    return InstructionParser.parse(
            DockerfileText.read(text.getBytes(StandardCharsets.UTF_8)).instructions().getFirst(),
            '\\')
        .instruction();
  }

  @ParameterizedTest
  @MethodSource("instructions")
  void parses(CaseTable.Row row) throws DockerfileException {
    if (row.isError()) {
      assertThatThrownBy(() -> parse(row.input()))
          .isInstanceOf(DockerfileException.class)
          .hasMessageContaining(row.message());
    } else {
      assertThat(parse(row.input()).toString()).isEqualTo(row.outcome());
    }
  }

  @Test
  void everyInstructionKnowsItsKeyword() throws DockerfileException {
    assertThat(parse("STOPSIGNAL 9").keyword()).isEqualTo("STOPSIGNAL");
    assertThat(parse("onbuild run a").keyword()).isEqualTo("ONBUILD");
  }

  @Test
  void mountFieldsMayBeQuoted() {
    assertThat(MountFields.parse("type=bind,\"source=a,\"\"b\"\"\",ro"))
        .containsExactly("type=bind", "source=a,\"b\"", "ro");
    assertThat(MountFields.from("From=stage,target=/x")).contains("stage");
    for (String wrong : List.of("", "a\"b", "\"a", "\"a\"b")) {
      assertThatThrownBy(() -> MountFields.parse(wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void durationsAreGos() {
    assertThat(GoDuration.parse("1h2m3s4ms5us6ns"))
        .contains(Duration.ofHours(1).plusMinutes(2).plusSeconds(3).plusNanos(4_005_006));
    assertThat(GoDuration.parse(".5s")).contains(Duration.ofMillis(500));
    assertThat(GoDuration.parse("0")).contains(Duration.ZERO);
    assertThat(GoDuration.parse("")).isEmpty();
    assertThat(GoDuration.parse("1 s")).isEmpty();
    assertThat(GoDuration.parse("99999999999h")).isEmpty();
  }
}
