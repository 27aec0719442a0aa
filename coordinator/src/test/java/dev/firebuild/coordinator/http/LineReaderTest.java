package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineReaderTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @ParameterizedTest
  @CsvSource({
    "'',''",
    "a,a",
    "'a\n',a",
    "'a\nb\n','a,b'",
    "'\n\na\n',',,a'",
    "'1234\n12345\n1\n','1234,too long,1'",
    "'12345','too long'",
  })
  void linesOfAtMostFourBytes(String text, String expected) throws Exception {
    // However the bytes come
    for (int piece : new int[] {1, 3, 100}) {
      LineReader reader =
          new LineReader(new Dripping(utf8(text), piece), /* limit= */ 4, new BodyMemory(0), LONG);

      assertThat(String.join(",", read(reader))).isEqualTo(expected);
    }
  }

  @Test
  void aLineForWhichThereIsNoMemoryIsPassedOver() throws Exception {
    String free = "x".repeat(JsonBody.FREE);
    BodyMemory memory = new BodyMemory(4);
    LineReader reader =
        new LineReader(
            new Dripping(utf8(free + "12\n" + free + "345\n" + free + "67\n" + free + "\n"), 1),
            JsonBody.FREE + 4,
            memory,
            LONG);

    // The first line is still kept when the second comes, and the small one needs none
    assertThat(read(reader)).containsExactly(free + "12", "no memory", free + "67", free);
    assertThat(memory.share().hold(1)).isFalse();
  }

  @Test
  void aLineMustEndInTimeOnceItHasBegun() throws Exception {
    BodyMemory memory = new BodyMemory(1);
    String large = "x".repeat(JsonBody.FREE + 1);
    LineReader reader =
        new LineReader(
            new Dripping(utf8("a\nb\n" + large + "\n"), large.length()),
            JsonBody.LIMIT,
            memory,
            Duration.ZERO);

    assertThat(reader.read(Duration.ZERO)).isPresent();
    assertThat(reader.read(Duration.ZERO)).isPresent();
    assertThatThrownBy(() -> reader.read(Duration.ZERO))
        .isInstanceOf(LineReader.SlowLineException.class)
        .hasMessageContaining("did not end within 0 s");
    assertThat(memory.taken()).isZero();
  }

  /** Keeps the memory of all lines. */
  private static List<String> read(LineReader reader) throws Exception {
    List<String> lines = new ArrayList<>();
    for (Optional<LineReader.Line> line = reader.read(Duration.ZERO);
        line.isPresent();
        line = reader.read(Duration.ZERO)) {
      lines.add(
          switch (line.get()) {
            case LineReader.Line.Text(byte[] bytes, BodyMemory.Share _) ->
                new String(bytes, StandardCharsets.UTF_8);
            case LineReader.Line.TooLong _ -> "too long";
            case LineReader.Line.NoMemory _ -> "no memory";
          });
    }
    return lines;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static final class Dripping extends InputStream {
    private final ByteArrayInputStream in;
    private final int piece;

    Dripping(byte[] bytes, int piece) {
      this.in = new ByteArrayInputStream(bytes);
      this.piece = piece;
    }

    @Override
    public int read() {
      return in.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return in.read(target, offset, Math.min(length, piece));
    }
  }
}
