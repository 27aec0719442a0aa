package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
              new Dripping(text.getBytes(StandardCharsets.UTF_8), piece), /* limit= */ 4);
      List<String> lines = new ArrayList<>();
      for (Optional<LineReader.Line> line = reader.read(); line.isPresent(); line = reader.read()) {
        lines.add(
            switch (line.get()) {
              case LineReader.Line.Text(byte[] bytes) -> new String(bytes, StandardCharsets.UTF_8);
              case LineReader.Line.TooLong _ -> "too long";
            });
      }
      assertThat(String.join(",", lines)).isEqualTo(expected);
    }
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
