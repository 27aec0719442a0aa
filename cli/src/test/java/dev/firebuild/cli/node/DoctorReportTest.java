package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.doctor.Group;
import dev.firebuild.worker.doctor.Result;
import dev.firebuild.worker.doctor.Status;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DoctorReportTest {
  @Test
  void failuresComeLastAndAreCounted() {
    List<Result> results =
        List.of(
            result("smt", Group.PROCESSOR, Status.PASS, "off", ""),
            result("virtualization", Group.PROCESSOR, Status.FAIL, "none", "switch it on"),
            result("swap", Group.MEMORY, Status.WARN, "in the clear", "swapoff -a"),
            result("cni-a", Group.NETWORK, Status.SKIP, "not used", ""),
            result("cni-b", Group.NETWORK, Status.SKIP, "not used", ""),
            result("metadata", Group.NETWORK, Status.SKIP, "only root", ""));

    DoctorReport report = new DoctorReport(results);

    assertThat(report.fails()).isTrue();
    assertThat(report.lines())
        .containsExactly(
            "processor: 1 pass, 1 fail",
            "  pass  smt",
            "memory: 1 warn",
            "  warn  swap: in the clear",
            "        -> swapoff -a",
            "network: 3 skip",
            "  skip  cni-a, cni-b: not used",
            "  skip  metadata: only root",
            "failures",
            "  fail  virtualization: none",
            "        -> switch it on",
            "",
            "6 checks: 1 pass, 3 skip, 1 warn, 1 fail");
  }

  @Test
  void warningsAreNoFailure() {
    DoctorReport report =
        new DoctorReport(
            List.of(result("swap", Group.MEMORY, Status.WARN, "in the clear", "swapoff -a")));

    assertThat(report.fails()).isFalse();
    assertThat(report.lines()).doesNotContain("failures").last().isEqualTo("1 checks: 1 warn");
  }

  @Test
  void linesOfWhatPassesAreShortAndKeepAllOfIt() {
    List<Result> results =
        IntStream.range(0, 40)
            .mapToObj(i -> result("check-number-" + i, Group.KERNEL, Status.PASS, "fine", ""))
            .toList();

    List<String> lines = new DoctorReport(results).lines();

    assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    String all = String.join(" ", lines);
    assertThat(results).allSatisfy(result -> assertThat(all).contains(result.id()));
  }

  @Test
  void whatTheHostSaysDoesNotGarbleTheTerminal() {
    List<String> lines =
        new DoctorReport(
                List.of(
                    result("swap", Group.MEMORY, Status.WARN, "\u001b[2Jon\n/dev/x", "a\u0007b")))
            .lines();

    assertThat(lines).contains("  warn  swap: on /dev/x", "        -> ab");
  }

  @Test
  void jsonHasWordsAndNoEmptyRemedy() {
    assertThat(Json.text(result("smt", Group.PROCESSOR, Status.PASS, "off", "")))
        .isEqualTo(
            "{\"id\":\"smt\",\"group\":\"processor\",\"title\":\"T\",\"status\":\"pass\",\"found\":\"off\",\"source\":\"S\"}");
  }

  private static Result result(String id, Group group, Status status, String found, String remedy) {
    return new Result(
        id, group, "T", status, found, Optional.of(remedy).filter(text -> !text.isEmpty()), "S");
  }
}
