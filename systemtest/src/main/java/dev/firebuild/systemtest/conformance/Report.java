package dev.firebuild.systemtest.conformance;

import dev.firebuild.systemtest.conformance.CaseRunner.Built;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells how the cases went. */
final class Report {
  private static final int SHOWN = 12;

  private final PrintStream out;
  private final List<String> unlistedFailures = new ArrayList<>();
  private final List<String> listedPasses = new ArrayList<>();
  private int tried;
  private int passed;
  private int skipped;

  Report(PrintStream out) {
    this.out = out;
  }

  void add(Built built, KnownDifferences known) {
    CaseFile file = built.file();
    boolean pass = built.differences().isEmpty();
    boolean listed = known.has(file);
    tried++;
    if (pass && listed) {
      listedPasses.add(file.name());
    } else if (pass) {
      passed++;
    } else if (listed) {
      skipped++;
    } else {
      unlistedFailures.add(file.name());
    }
    String word = pass ? "ok  " : listed ? "diff" : "FAIL";
    out.printf("%s %s (%s)%n", word, file.name(), file.area());
    built.differences().stream()
        .limit(SHOWN)
        .forEach(difference -> out.printf("       %s%n", difference));
  }

  /** What the front end alone says; empty where only a build can tell. */
  void add(Optional<List<String>> differences, CaseFile file) {
    if (differences.isEmpty()) {
      skipped++;
    } else if (differences.get().isEmpty()) {
      passed++;
    } else {
      unlistedFailures.add(file.name());
      out.printf("FAIL %s (%s)%n", file.name(), file.area());
      differences.get().forEach(difference -> out.printf("       %s%n", difference));
    }
  }

  /**
   * Prints the sum and returns the exit code. Cases that differ as it is listed are skipped ones.
   *
   * @param chosen how many cases were asked for
   */
  int end(int chosen) {
    unlistedFailures.forEach(name -> out.printf("not listed, but different: %s%n", name));
    listedPasses.forEach(name -> out.printf("listed, but right: %s%n", name));
    int failed = unlistedFailures.size() + listedPasses.size();
    int untried = Math.max(0, chosen - tried);
    if (untried > 0) {
      out.printf("no time left for %d cases%n", untried);
    }
    out.printf("%d passed, %d failed, %d skipped%n", passed, failed, skipped + untried);
    return failed == 0 ? 0 : 1;
  }
}
