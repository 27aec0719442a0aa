package dev.firebuild.systemtest.conformance;

import dev.firebuild.systemtest.conformance.CaseRunner.Built;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Tells how the cases went. */
final class Report {
  private static final int SHOWN = 12;

  private final PrintStream out;
  private final List<String> unlistedFailures = new ArrayList<>();
  private final List<String> listedPasses = new ArrayList<>();
  private int passed;
  private int failed;

  Report(PrintStream out) {
    this.out = out;
  }

  void add(Built built, KnownDifferences known) {
    CaseFile file = built.file();
    boolean pass = built.differences().isEmpty();
    boolean covered = known.covers(file);
    if (pass) {
      passed++;
    } else {
      failed++;
    }
    if (!pass && !covered) {
      unlistedFailures.add(file.name());
    }
    if (pass && known.isNamed(file)) {
      listedPasses.add(file.name());
    }
    String word = pass ? "ok  " : covered ? "diff" : "FAIL";
    out.printf("%s %s (%s)%n", word, file.name(), file.area());
    built.differences().stream()
        .limit(SHOWN)
        .forEach(difference -> out.printf("       %s%n", difference));
  }

  /** Prints the sum and returns the exit code. */
  int end(int chosen) {
    unlistedFailures.forEach(name -> out.printf("not listed, but different: %s%n", name));
    listedPasses.forEach(name -> out.printf("listed by name, but right: %s%n", name));
    int bad = unlistedFailures.size() + listedPasses.size();
    int good = passed - listedPasses.size();
    int different = failed - unlistedFailures.size();
    out.printf(
        "skipped: %d different as listed, %d not tried (no time left)%n",
        different, chosen - passed - failed);
    out.printf("%d passed, %d failed, %d skipped%n", good, bad, chosen - good - bad);
    return unlistedFailures.isEmpty() && listedPasses.isEmpty() ? 0 : 1;
  }
}
