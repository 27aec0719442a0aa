package dev.firebuild.worker.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.worker.vm.OutputFrames.Frame;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFramesTest {
  private static OutputFrames frames(String file) {
    return new OutputFrames(new ByteArrayInputStream(file.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void framesAreReadUntilTheEnd() throws IOException {
    // Given
    OutputFrames frames = frames("stdout 3 0\na\n\0\nstderr 1 3\nx\n");

    // When
    Frame first = frames.next().orElseThrow();
    Frame second = frames.next().orElseThrow();

    // Then
    assertThat(first.stream()).isEqualTo("stdout");
    assertThat(first.bytes()).containsExactly('a', '\n', 0);
    assertThat(first.size()).isEqualTo("stdout 3 0\na\n\0\n".length());
    assertThat(first.end()).isEqualTo(3);
    assertThat(second.stream()).isEqualTo("stderr");
    assertThat(second.offset()).isEqualTo(3);
    assertThat(second.bytes()).containsExactly('x');
    assertThat(frames.next()).isEmpty();
  }

  @Test
  void aGapBetweenFramesIsNoError() throws IOException {
    OutputFrames frames = frames("stdout 1 0\na\nstdout 1 700\nb\n");

    assertThat(frames.next().orElseThrow().end()).isEqualTo(1);
    assertThat(frames.next().orElseThrow().offset()).isEqualTo(700);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\0\0\0\0",
        "stdout 3 0\na\0\0\0\0\0",
        "stdout 3 0\nab",
        "stdout 3 0\nabc",
        "stdout 3",
        "stdin 1 0\na\n",
        "stdout 0 0\n\n",
        "stdout 70000 0\na\n",
        "stdout -1 0\na\n",
        "stdout 1 1234567890123456789\na\n",
        "stdout 99999999999999999999999999999999999999999999999 0\na\n",
      })
  void whatIsNoFrameIsAnError(String file) {
    OutputFrames frames = frames(file);

    assertThatThrownBy(frames::next).isInstanceOf(IOException.class).hasMessageContaining("output");
  }

  @Test
  void aFrameNeverGoesBack() throws IOException {
    OutputFrames frames = frames("stdout 5 10\nabcde\nstdout 1 14\na\n");
    assertThat(frames.next()).isPresent();

    assertThatThrownBy(frames::next).isInstanceOf(IOException.class);
  }

  @Test
  void theStartIsANumberOnALine() throws IOException {
    ByteArrayInputStream in =
        new ByteArrayInputStream("42\nrest".getBytes(StandardCharsets.US_ASCII));

    assertThat(OutputFrames.readStart(in)).isEqualTo(42);
    assertThat(in.read()).isEqualTo('r');
    assertThatThrownBy(() ->
            OutputFrames.readStart(
                new ByteArrayInputStream("4x\n".getBytes(StandardCharsets.US_ASCII))))
        .isInstanceOf(IOException.class);
  }
}
