package dev.firebuild.systemtest.bench;

import java.util.List;
import java.util.Optional;

/** What programs read: every number that was measured, and what was made of them. */
record ReportJson(
    String name,
    MachineState before,
    MachineState after,
    double seconds,
    List<Row> measures,
    List<String> remarks) {

  /** One measure; what stands for a floor is absent where there is none. */
  record Row(
      String what,
      String unit,
      Summary own,
      Optional<Beside> beside,
      String target,
      boolean reached) {}

  record Beside(String what, Summary floor, double medianRatio, double p99Ratio) {}

  record Summary(double p50, double p99, int count, List<Samples> rounds) {
    static Summary of(Samples all, List<Samples> rounds) {
      return new Summary(all.median(), all.percentile(99), all.count(), rounds);
    }
  }

  static List<ReportJson> of(List<Bench.Measured> all) {
    return all.stream().map(ReportJson::of).toList();
  }

  private static ReportJson of(Bench.Measured measured) {
    return new ReportJson(
        measured.name(),
        measured.before(),
        measured.after(),
        measured.seconds(),
        measured.result().comparisons().stream().map(ReportJson::row).toList(),
        measured.result().remarks());
  }

  private static Row row(Comparison one) {
    return new Row(
        one.what(),
        one.unit(),
        Summary.of(one.own(), one.rounds().stream().map(Comparison.Round::own).toList()),
        one.hasFloor()
            ? Optional.of(
                new Beside(
                    one.floor(),
                    Summary.of(
                        one.beside(), one.rounds().stream().map(Comparison.Round::floor).toList()),
                    one.medianRatio(),
                    one.p99Ratio()))
            : Optional.empty(),
        one.target().toString(),
        one.isReached());
  }
}
