package dev.firebuild.simulation;

import dev.firebuild.simulation.Schedules.Failed;
import dev.firebuild.simulation.Schedules.Outcome;
import dev.firebuild.simulation.mutant.Mutant;
import dev.firebuild.simulation.world.Parts;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Runs schedules; of one alone it shows the history. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = "Runs owners, workers, queue and log in logical time, with seeded faults.")
public final class Simulate implements Callable<Integer> {
  private static final int MOST_FAILURES = 5;

  @Option(names = "--schedules", description = "run so many; one alone shows its history")
  private Optional<Long> schedules = Optional.empty();

  @Option(names = "--seed", description = "begin with this seed; without --schedules run it alone")
  private Optional<String> seed = Optional.empty();

  @Option(names = "--minutes", description = "begin no more schedules after so many minutes")
  private Optional<Integer> minutes = Optional.empty();

  @Option(
      names = "--mutant",
      converter = ByName.class,
      description = "with the rule of this mutant switched off")
  private Optional<Mutant> mutant = Optional.empty();

  @Option(names = "--list", description = "print the mutants")
  private boolean list;

  private final PrintWriter out;

  private Simulate(PrintWriter out) {
    this.out = out;
  }

  /** Mutants by their names. */
  static final class ByName implements ITypeConverter<Mutant> {
    @Override
    public Mutant convert(String name) {
      return Mutant.named(name)
          .orElseThrow(() ->
              new TypeConversionException(
                  "no mutant is named %s; --list names them".formatted(name)));
    }
  }

  /** Runs the command. */
  public static void main(String[] args) {
    PrintWriter out =
        new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
    System.exit(new CommandLine(new Simulate(out)).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (list) {
      Mutant.all().forEach(one -> out.printf("%-22s %s%n", one.name(), one.without()));
      return 0;
    }
    Schedules runner = new Schedules(parts());
    if (schedules.orElse(seed.isPresent() ? 1L : 2L) == 1) {
      long only = Seeds.of(seed.orElse("0"));
      runner.history(only).forEach(out::println);
      return runner.one(only).isPresent() ? 1 : 0;
    }
    return many(runner);
  }

  private int many(Schedules runner) throws InterruptedException {
    long started = System.nanoTime();
    long first = seed.map(Seeds::of).orElse(1L);
    long most = schedules.orElse(minutes.isPresent() ? Long.MAX_VALUE : 100_000L);
    BooleanSupplier enough =
        minutes
            .<BooleanSupplier>map(limit -> {
              long nanos = Duration.ofMinutes(limit).toNanos();
              return () -> System.nanoTime() - started > nanos;
            })
            .orElse(() -> false);
    List<Long> known = Seeds.failedOnce();
    Outcome outcome =
        runner.many(
            most,
            MOST_FAILURES,
            number ->
                number < known.size() ? known.get((int) number) : first + number - known.size(),
            enough);
    Map<String, Failed> byRule = new TreeMap<>();
    outcome.failed().forEach(failed -> byRule.putIfAbsent(failed.rule(), failed));
    for (Failed failed : byRule.values()) {
      runner.history(failed.seed()).forEach(out::println);
      out.printf(
          "seed %d; again: ./simulate --seed %d%s%n%n", failed.seed(), failed.seed(), with());
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    out.printf(
        Locale.ROOT,
        "%d schedules from seed %d in %.0f s: %s%n",
        outcome.run(),
        first,
        seconds,
        byRule.isEmpty() ? "all rules hold" : "broken: " + String.join("; ", byRule.keySet()));
    out.flush();
    return byRule.isEmpty() ? 0 : 1;
  }

  private String with() {
    return mutant.map(one -> " --mutant " + one.name()).orElse("");
  }

  private Parts parts() {
    return mutant.map(Mutant::parts).orElseGet(Parts::new);
  }
}
