package dev.firebuild.worker.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every check on hosts that are written down, in {@code *.cases}. */
class RecordedHostsTest {
  private static final Path CASES = Path.of("src/test/resources/dev/firebuild/worker/doctor");

  /** Whatever the host is, these can tell. */
  private static final Set<String> ALWAYS_KNOWN = Set.of("java", "log-bounds", "data-socket-path");

  /** What is found depends on what is looked at alone; see {@link CheckupTest}. */
  private static final Set<String> SAME_EVERYWHERE = Set.of("data-socket-path");

  /** Whoever has no network of this kind needs nothing. */
  private static final Set<String> NO_FLAW = Set.of("cni-configuration");

  @TestFactory
  Stream<DynamicContainer> everyCheckOnRecordedHosts() {
    List<RecordedCase> cases = cases();
    return TestSubject.checks().stream()
        .map(check ->
            DynamicContainer.dynamicContainer(
                check.id(),
                of(cases, check.id()).stream()
                    .map(one -> DynamicTest.dynamicTest(one.name(), () -> verify(check, one)))));
  }

  @Test
  void everyCheckIsTriedWhereItPassesWhereItDoesNotAndWhereItCannotTell() {
    List<RecordedCase> cases = cases();

    assertThat(TestSubject.checks())
        .allSatisfy(check -> {
          Set<Status> tried =
              of(cases, check.id()).stream()
                  .map(RecordedCase::status)
                  .collect(Collectors.toCollection(() -> EnumSet.noneOf(Status.class)));
          assertThat(tried).as(check.id()).contains(Status.PASS);
          if (!SAME_EVERYWHERE.contains(check.id()) && !NO_FLAW.contains(check.id())) {
            assertThat(tried).as(check.id()).containsAnyOf(Status.WARN, Status.FAIL);
          }
          if (!ALWAYS_KNOWN.contains(check.id()) && !(check.probe() instanceof Program)) {
            assertThat(tried).as(check.id()).contains(Status.SKIP);
          }
        });
  }

  @Test
  void everyCaseIsOfACheck() {
    Set<String> ids = TestSubject.checks().stream().map(Check::id).collect(Collectors.toSet());

    assertThat(cases())
        .allSatisfy(one -> assertThat(ids.stream().flatMap(one::of)).as(one.check()).isNotEmpty());
  }

  private static void verify(Check check, RecordedCase recorded) {
    // Given
    Host host = new RecordedHost(recorded.host());

    // When
    Result result = check.on(host);

    // Then
    assertThat(result.status()).as(result.found()).isEqualTo(recorded.status());
    assertThat(result.found()).contains(recorded.found());
    boolean flaw = result.status() == Status.WARN || result.status() == Status.FAIL;
    assertThat(result.remedy().isPresent()).as("what to do is said of flaws").isEqualTo(flaw);
  }

  /** Cases of this very check come before those of several. */
  private static List<RecordedCase> of(List<RecordedCase> cases, String id) {
    List<RecordedCase> own =
        cases.stream().filter(one -> !one.isOfSeveral()).flatMap(one -> one.of(id)).toList();
    return own.isEmpty() ? cases.stream().flatMap(one -> one.of(id)).toList() : own;
  }

  private static List<RecordedCase> cases() {
    try (Stream<Path> files = Files.list(CASES)) {
      return files
          .filter(file -> file.toString().endsWith(".cases"))
          .sorted()
          .flatMap(file -> RecordedCase.all(lines(file)).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
