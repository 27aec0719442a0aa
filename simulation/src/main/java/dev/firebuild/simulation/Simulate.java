package dev.firebuild.simulation;

import dev.firebuild.simulation.time.Violation;
import dev.firebuild.simulation.world.Parts;
import dev.firebuild.simulation.world.World;

public final class Simulate {
  private Simulate() {}

  public static void main(String[] args) {
    long from = Long.parseLong(args[0]);
    long n = Long.parseLong(args[1]);
    long t = System.nanoTime();
    long steps = 0;
    java.util.Map<String, Integer> bad = new java.util.TreeMap<>();
    java.util.Map<String, Long> first = new java.util.TreeMap<>();
    for (long seed = from; seed < from + n; seed++) {
      World world = new World(seed, new Parts(), n == 1);
      try {
        world.run();
      } catch (RuntimeException e) {
        String rule = e instanceof Violation v ? v.rule() : e.toString();
        bad.merge(rule, 1, Integer::sum);
        if (first.putIfAbsent(rule, seed) == null) {
          System.out.println(seed + " " + e.getMessage());
          if (!(e instanceof Violation)) e.printStackTrace();
        }
      }
      steps += world.steps();
      if (n == 1) {
        world.history().forEach(System.out::println);
      }
    }
    System.out.println(bad + " " + first);
    System.out.printf("%d schedules, %d steps each, %.2f ms each%n", n, steps / n, (System.nanoTime() - t) / 1e6 / n);
  }
}
