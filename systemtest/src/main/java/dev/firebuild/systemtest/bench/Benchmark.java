package dev.firebuild.systemtest.bench;

import java.util.List;

/** One name of {@code ./bench}. */
interface Benchmark {
  String name();

  /** What it measures, in a line. */
  String about();

  /**
   * Measures.
   *
   * @param effort how much of it
   */
  Result run(Effort effort) throws Exception;

  /**
   * How much is measured.
   *
   * @param rounds of each measure
   * @param share of the usual samples of a round, 0 to 1
   */
  record Effort(int rounds, double share) {
    /** The usual number of {@code samples}, or less. */
    int of(int samples) {
      return Math.max(1, (int) Math.round(samples * share));
    }
  }

  /**
   * What came out.
   *
   * @param remarks what must be known to read the numbers, or why one is missing
   */
  record Result(List<Comparison> comparisons, List<String> remarks) {
    static Result of(Comparison... comparisons) {
      return new Result(List.of(comparisons), List.of());
    }
  }
}
