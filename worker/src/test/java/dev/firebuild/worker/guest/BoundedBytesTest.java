package dev.firebuild.worker.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class BoundedBytesTest {
  @Test
  void whatGoesBeyondTheLimitIsAnErrorAndKeepsNothing() throws IOException {
    // Given
    BoundedBytes bytes = new BoundedBytes(4);
    bytes.write(new byte[] {'a', 'b', 'c'});

    // When / Then
    assertThatThrownBy(() -> bytes.write(new byte[] {'d', 'e'}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 4 bytes");
    assertThat(bytes.text()).isEqualTo("abc");
    bytes.write('d');
    assertThat(bytes.bytes()).hasSize(4);
  }
}
