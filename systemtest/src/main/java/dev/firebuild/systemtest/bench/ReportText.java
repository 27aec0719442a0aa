package dev.firebuild.systemtest.bench;

import java.util.Formatter;
import java.util.Locale;

/** What people read. */
final class ReportText {
  private ReportText() {}

  static String of(Bench.Measured measured) {
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "== %s (%.0f s; before: %s; after: %s)%n",
        measured.name(), measured.seconds(), measured.before(), measured.after());
    for (Comparison one : measured.result().comparisons()) {
      text.format("%s  [%s]%n", one.what(), one.unit());
      text.format("    %s%n", numbers(one.own()));
      if (one.hasFloor()) {
        text.format("    %s  beside: %s%n", numbers(one.beside()), one.floor());
        text.format("    ratio p50 %.2f, p99 %.2f%n", one.medianRatio(), one.p99Ratio());
      }
      if (!(one.target() instanceof Target.None)) {
        text.format("    target %s: %s%n", one.target(), one.isReached() ? "reached" : "MISSED");
      }
    }
    measured.result().remarks().forEach(remark -> text.format("note: %s%n", remark));
    return text.toString();
  }

  private static String numbers(Samples samples) {
    return String.format(
        Locale.ROOT,
        "p50 %9.3f  p99 %9.3f  n %d",
        samples.median(),
        samples.percentile(99),
        samples.count());
  }
}
