package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineReaderTest {
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
          new LineReader(
              new Dripping(text.getBytes(StandardCharsets.UTF_8), piece),
              /* limit= */ 4,
              new BodyMemory(100));

      assertThat(String.join(",", read(reader))).isEqualTo(expected);
    }
  }

  @Test
  void aLineForWhichThereIsNoMemoryIsPassedOver() throws Exception {
    BodyMemory memory = new BodyMemory(4);
    byte[] text = "12\n345\n67\n".getBytes(StandardCharsets.UTF_8);
    LineReader reader = new LineReader(new Dripping(text, 1), /* limit= */ 4, memory);

    // The first line is still kept when the second comes
    assertThat(read(reader)).containsExactly("12", "no memory", "67");
    assertThat(memory.share().hold(1)).isFalse();
  }

  /** Keeps the memory of all lines. */
  private static List<String> read(LineReader reader) throws Exception {
    List<String> lines = new ArrayList<>();
    for (Optional<LineReader.Line> line = reader.read(); line.isPresent(); line = reader.read()) {
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
