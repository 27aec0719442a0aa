package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {
  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00:00Z, 2026-01-31T12:00:00Z",
    "2026-01-31t12:00:00.5z, 2026-01-31T12:00:00.500Z",
    "2026-01-31T12:00:00+01:30, 2026-01-31T10:30:00Z",
    "2026-01-31T12:00:00-00:00, 2026-01-31T12:00:00Z",
    "9391-03-13T00:22:00.6+21:43, 9391-03-12T02:39:00.600Z",
    "2026-01-31T12:00:00-23:59, 2026-02-01T11:59:00Z",
    "2016-12-31T23:59:60Z, 2017-01-01T00:00:00Z",
    "2026-01-31T12:00:00.1234567891234Z, 2026-01-31T12:00:00.123456789Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
  })
  void timesOfTheStandardAreRead(String text, Instant time) {
    assertThat(Rfc3339.parse(text)).contains(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yesterday",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:00:61Z",
        "2026-01-31T12:00:00+24:00",
        "2026-01-31T12:00:00.Z",
        "+12026-01-31T12:00:00Z",
      })
  void allElseIsNone(String text) {
    assertThat(Rfc3339.parse(text)).isEmpty();
  }
}
