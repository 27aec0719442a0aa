package dev.firebuild.systemtest.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What was measured in several rounds. In a round each thing takes its turn beside its floor, so
 * that what else runs on the machine disturbs both alike; ratios are of one round.
 */
final class Rounds {
  private final Map<String, List<List<Double>>> series = new HashMap<>();
  private int round;

  /** Takes in a value of {@code name} in the present round. */
  void add(String name, double value) {
    List<List<Double>> rounds = series.computeIfAbsent(name, _ -> new ArrayList<>());
    while (rounds.size() <= round) {
      rounds.add(new ArrayList<>());
    }
    rounds.get(round).add(value);
  }

  /** The present round is over. */
  void next() {
    round++;
  }

  /** What was measured of {@code name}, by round. */
  List<Samples> of(String name) {
    return series.getOrDefault(name, List.of()).stream().map(Samples::new).toList();
  }

  /** {@code what} beside {@code floor}, both names of series. */
  Comparison compare(String what, String floor, String unit, Target target) {
    List<Samples> own = of(what);
    List<Samples> beside = of(floor);
    List<Comparison.Round> rounds =
        IntStream.range(0, Math.min(own.size(), beside.size()))
            .filter(i -> !own.get(i).isEmpty() && !beside.get(i).isEmpty())
            .mapToObj(i -> new Comparison.Round(own.get(i), beside.get(i)))
            .toList();
    return new Comparison(what, floor, unit, rounds, target);
  }

  /** {@code what} alone. */
  Comparison alone(String what, String unit, Target target) {
    return new Comparison(
        what,
        "",
        unit,
        of(what).stream().map(own -> new Comparison.Round(own, Samples.NONE)).toList(),
        target);
  }
}
