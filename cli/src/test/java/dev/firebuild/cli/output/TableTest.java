package dev.firebuild.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columnsAreAsWideAsTheirCells() {
    Table table =
        new Table(List.of("ID", "NAME"), List.of(List.of("abc", ""), List.of("x\u001by", "web")));

    assertThat(table.lines()).containsExactly("ID    NAME", "abc", "x?y   web");
  }

  @Test
  void unitsReadLikePeopleSayThem() {
    assertThat(Units.span(Duration.ofSeconds(1))).isEqualTo("1 second");
    assertThat(Units.span(Duration.ofMinutes(3))).isEqualTo("3 minutes");
    assertThat(Units.span(Duration.ofHours(47))).isEqualTo("47 hours");
    assertThat(Units.span(Duration.ofDays(9))).isEqualTo("9 days");
    assertThat(Units.span(Duration.ofSeconds(-5))).isEqualTo("0 seconds");
    assertThat(Units.size(999)).isEqualTo("999B");
    assertThat(Units.size(12_340_000)).isEqualTo("12.3MB");
    assertThat(Units.size(123_400_000_000L)).isEqualTo("123GB");
  }

  @Test
  void seedLogKeepsItsKeys() {
    assertThat(
            SeedLog.line(
                Instant.parse("2021-03-09T19:55:41.684488Z"),
                "info",
                "run",
                "VMM running as a daemon",
                Map.of("vmm-id", "v1", "pid", 7)))
        .isEqualTo(
            "{\"@level\":\"info\",\"@message\":\"VMM running as a daemon\",\"@module\":\"run\","
                + "\"@timestamp\":\"2021-03-09T19:55:41.684488Z\",\"pid\":7,\"vmm-id\":\"v1\"}");
  }
}
