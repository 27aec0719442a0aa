package dev.firebuild.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.request.Command;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void valuesOfTheirKindAreTaken() {
    assertThat(read("{\"type\":\"cancel\",\"reason\":\"false\"}"))
        .isEqualTo(new Command.Cancel(Optional.of("false")));
    assertThat(read("{\"type\":\"stop\",\"graceSeconds\":2}"))
        .isEqualTo(new Command.Stop(Optional.of(2)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"cancel\",\"reason\":false}",
        "{\"type\":\"cancel\",\"reason\":1}",
        "{\"type\":\"cancel\",\"reason\":1.5}",
        "{\"type\":\"stop\",\"graceSeconds\":\"2\"}",
        "{\"type\":\"stop\",\"graceSeconds\":true}",
        "{\"type\":\"stop\",\"graceSeconds\":2.7}",
        "{\"type\":\"stop\",\"graceSeconds\":2.0}",
        "{\"type\":\"stop\",\"graceSeconds\":2e1}",
        "{\"type\":\"remove\",\"force\":false,\"kind\":1}",
        "{\"type\":\"remove\",\"force\":\"true\"}",
        "{\"type\":\"remove\",\"force\":1}",
      })
  void valuesOfAnotherKindAreNot(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(IllegalArgumentException.class);
  }

  private static Command read(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8), Command.class);
  }
}
