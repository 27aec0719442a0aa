package dev.firebuild.systemtest.bench;

import java.util.Locale;

/** What people read. */
final class ReportText {
  private ReportText() {}

  static String of(Bench.Measured measured) {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "== %s (%.0f s; before: %s; after: %s)",
        measured.name(),
        measured.seconds(),
        measured.before(),
        measured.after());
    for (Comparison one : measured.result().comparisons()) {
      line(text, "%s  [%s]", one.what(), one.unit());
      line(text, "    %s", numbers(one.own()));
      if (one.hasFloor()) {
        line(text, "    %s  beside: %s", numbers(one.beside()), one.floor());
        line(text, "    ratio p50 %.2f, p99 %.2f", one.medianRatio(), one.p99Ratio());
      }
      if (!(one.target() instanceof Target.None)) {
        line(text, "    target %s: %s", one.target(), one.isReached() ? "reached" : "MISSED");
      }
    }
    measured.result().remarks().forEach(remark -> line(text, "note: %s", remark));
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

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
