package dev.firebuild.worker.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CheckupTest {
  private static final Host EMPTY = new RecordedHost(List.of());
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void idsAreUnique() {
    Set<String> seen = new HashSet<>();

    assertThat(TestSubject.checks()).allSatisfy(check -> assertThat(seen.add(check.id())).isTrue());
  }

  @Test
  void theHostGuideHasThirtySixChecksAndMore() {
    long guide =
        TestSubject.checks().stream()
            .filter(check ->
                Set.of(Source.PRODUCTION, Source.JAILER, Source.SNAPSHOTS, Source.PAGE_FAULTS)
                    .contains(check.source()))
            .count();
    long byFirecracker =
        TestSubject.checks().stream()
            .filter(check -> check.source() != Source.FIREBUILD)
            .filter(check -> !(check.probe() instanceof Vulnerability))
            .count();

    assertThat(guide).isGreaterThanOrEqualTo(30);
    assertThat(byFirecracker).isGreaterThanOrEqualTo(36);
  }

  @Test
  void aCheckThatThrowsIsReportedAsBrokenAndEndsNothing() {
    // Given
    Check broken =
        check(
            "broken",
            _ -> {
              throw new IllegalStateException("no such luck");
            });
    Check overflowing =
        check(
            "overflowing",
            _ -> {
              throw new StackOverflowError("deep");
            });

    // When
    List<Result> results =
        Checkup.of(
            List.of(broken, overflowing, check("fine", _ -> Finding.pass("ok"))), EMPTY, LIMIT);

    // Then
    assertThat(results).extracting(Result::id).containsExactly("broken", "overflowing", "fine");
    assertThat(results)
        .extracting(Result::status)
        .containsExactly(Status.FAIL, Status.FAIL, Status.PASS);
    assertThat(results.getFirst().found()).contains("the check itself is broken", "no such luck");
    assertThat(results.get(1).found()).contains("the check itself is broken", "deep");
  }

  @Test
  void whatCannotBeToldIsSkippedWithItsReason() {
    Check closed =
        check(
            "closed",
            _ -> {
              throw new UnknownException("only root may look at /x");
            });

    Result result = closed.on(EMPTY);

    assertThat(result.status()).isEqualTo(Status.SKIP);
    assertThat(result.found()).isEqualTo("only root may look at /x");
  }

  @Test
  @Timeout(20)
  void aCheckThatHangsHoldsNoOtherUp() throws InterruptedException {
    // Given
    CountDownLatch over = new CountDownLatch(1);
    Check hanging =
        check(
            "hanging",
            _ -> {
              awaitIgnoringInterrupts(over);
              return Finding.pass("late");
            });

    // When
    List<Result> results =
        Checkup.of(
            List.of(hanging, check("fine", _ -> Finding.pass("ok"))), EMPTY, Duration.ofSeconds(1));

    // Then
    over.countDown();
    assertThat(results.getFirst().status()).isEqualTo(Status.FAIL);
    assertThat(results.getFirst().found()).contains("not finished after 1 s");
    assertThat(results.getLast().status()).isEqualTo(Status.PASS);
  }

  @Test
  void longDataFoldersAreToldWithTheNumbers() {
    // Given
    String data = "/" + "d".repeat(79);

    // When
    Result result = socketPath(data);

    // Then
    assertThat(result.status()).isEqualTo(Status.FAIL);
    assertThat(result.found()).contains("the kernel's limit is 107");
    int most = number(result.remedy().orElseThrow(), "at most (\\d+) bytes");
    assertThat(socketPath("/" + "d".repeat(most - 1)).status()).isEqualTo(Status.PASS);
    assertThat(socketPath("/" + "d".repeat(most)).status()).isEqualTo(Status.FAIL);
  }

  @Test
  @Timeout(30)
  void thisHostIsLookedAtWithoutABrokenCheck() {
    List<Result> results =
        Checkup.ofThisHost(TestSubject.ofThisHost(), Map.of("PATH", "/usr/bin:/bin"));

    assertThat(results)
        .hasSameSizeAs(TestSubject.checks())
        .noneSatisfy(result -> assertThat(result.found()).contains("itself is broken"));
    assertThat(results)
        .filteredOn(result -> result.id().equals("java"))
        .allSatisfy(result -> assertThat(result.status()).isEqualTo(Status.PASS))
        .hasSize(1);
  }

  private static Result socketPath(String data) {
    return TestSubject.checks(data).stream()
        .filter(check -> check.id().equals("data-socket-path"))
        .findFirst()
        .orElseThrow()
        .on(EMPTY);
  }

  private static int number(String text, String expression) {
    return Pattern.compile(expression)
        .matcher(text)
        .results()
        .map(match -> Integer.parseInt(match.group(1)))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitIgnoringInterrupts(CountDownLatch latch) {
    try {
      latch.await(15, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Check check(String id, Probe probe) {
    return new Check(id, Group.NODE, "A check of the test", Source.FIREBUILD, probe);
  }
}
