package dev.firebuild.systemtest.bench;

import dev.firebuild.protocol.Json;
import dev.firebuild.systemtest.bench.Benchmark.Effort;
import dev.firebuild.systemtest.bench.Benchmark.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures how fast it is, each measure beside its floor in the same run.")
public final class Bench implements Callable<Integer> {
  private static final List<Benchmark> ALL =
      List.of(
          new DispatchBench(),
          new SubmitBench(),
          new BulkBench(),
          new LogBench(),
          new ReadersBench(),
          new RecoverBench(),
          new ProvisionBench(),
          new BootBench(),
          new IdleBench(),
          new CliBench());

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "what to measure; all: everything")
  private List<String> names = new ArrayList<>();

  @Option(names = "--json", paramLabel = "FILE", description = "write everything to FILE as JSON")
  private Optional<Path> json = Optional.empty();

  @Option(names = "--rounds", defaultValue = "5", description = "rounds of each measure (5)")
  private int rounds;

  @Option(
      names = "--share",
      defaultValue = "1",
      description = "part of the usual samples of a round, 0 to 1: a quick look")
  private double share;

  @Option(names = "--list", description = "print the names")
  private boolean list;

  private boolean failed;

  private Bench() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) throws IOException {
    // Whoever breaks off a measurement wants nothing of it to go on.
    BenchGuard guard = BenchGuard.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> endChildren(guard), "end-children"));
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  private static void endChildren(BenchGuard guard) {
    // The guard's own children end with it.
    ProcessHandle.current()
        .children()
        .filter(child -> !guard.is(child))
        .flatMap(child -> Stream.concat(child.descendants(), Stream.of(child)))
        .toList()
        .forEach(ProcessHandle::destroyForcibly);
    guard.dismiss();
  }

  /**
   * One benchmark's part of the report.
   *
   * @param before what the machine did just before
   */
  record Measured(
      String name, MachineState before, MachineState after, double seconds, Result result) {}

  @Override
  public Integer call() throws Exception {
    if (list) {
      ALL.forEach(one -> System.out.printf("%-10s %s%n", one.name(), one.about()));
      return 0;
    }
    List<Measured> all = new ArrayList<>();
    for (Benchmark one : chosen()) {
      MachineState before = MachineState.now();
      long start = System.nanoTime();
      Result result = measure(one);
      double seconds = (System.nanoTime() - start) / 1e9;
      Measured measured = new Measured(one.name(), before, MachineState.now(), seconds, result);
      all.add(measured);
      System.out.print(ReportText.of(measured));
      System.out.flush();
    }
    if (json.isPresent()) {
      Files.write(json.get(), Json.bytes(ReportJson.of(all)));
    }
    return failed
        ? 3
        : all.stream()
                .flatMap(measured -> measured.result().comparisons().stream())
                .allMatch(Comparison::isReached)
            ? 0
            : 1;
  }

  /** One that breaks takes the others' numbers from nobody. */
  private Result measure(Benchmark one) throws InterruptedException {
    try {
      return one.run(new Effort(rounds, share));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | AssertionError e) {
      failed = true;
      e.printStackTrace();
      return new Result(List.of(), List.of("it broke: " + e));
    }
  }

  private List<Benchmark> chosen() {
    if (names.equals(List.of("all"))) {
      return ALL;
    }
    if (names.isEmpty()) {
      throw new CommandLine.ParameterException(
          new CommandLine(this), "name what to measure, or all; --list prints the names");
    }
    return names.stream()
        .map(name ->
            ALL.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                    new CommandLine.ParameterException(
                        new CommandLine(this),
                        "nothing measures %s; --list prints the names".formatted(name))))
        .toList();
  }
}
