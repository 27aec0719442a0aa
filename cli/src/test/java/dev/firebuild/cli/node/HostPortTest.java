package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @ParameterizedTest
  @CsvSource({
    "7080, 127.0.0.1, 7080, http://127.0.0.1:7080",
    "0.0.0.0:80, 0.0.0.0, 80, http://0.0.0.0:80",
    "build.example:0, build.example, 0, http://build.example:0",
    "[::1]:7080, ::1, 7080, http://[::1]:7080"
  })
  void everyFormIsRead(String text, String host, int port, String url) {
    HostPort address = HostPort.parse(text);

    assertThat(address).isEqualTo(new HostPort(host, port));
    assertThat(address.url()).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", ":80", "::1:80", "a b:80", "127.0.0.1:", "1:2:3", "-1"})
  void otherFormsAreNamed(String text) {
    assertThatThrownBy(() -> HostPort.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\": expected PORT or HOST:PORT");
  }

  @Test
  void portBeyondTheRangeIsAnError() {
    assertThatThrownBy(() -> HostPort.parse("65536"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("port 65536: a port is 0 to 65535");
  }
}
