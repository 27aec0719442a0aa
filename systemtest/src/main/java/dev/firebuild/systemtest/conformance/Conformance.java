package dev.firebuild.systemtest.conformance;

import dev.firebuild.systemtest.engine.BaseRoots;
import dev.firebuild.systemtest.engine.EngineHost;
import dev.firebuild.worker.guest.GuestScripts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the recorded cases as whole builds, with real VMs. Needs root for the base images. */
@Command(
    name = "conformance",
    mixinStandardHelpOptions = true,
    description = "Builds the recorded Dockerfile cases and compares what comes out.")
public final class Conformance implements Callable<Integer> {
  @Option(names = "--only", description = "cases whose name has a match of REGEX")
  private Optional<Pattern> only = Optional.empty();

  @Option(names = "--area", split = ",", description = "cases of these areas")
  private List<String> areas = new ArrayList<>();

  @Option(names = "--front-end", description = "only read and plan them; start no VM")
  private boolean frontEnd;

  @Option(names = "--minutes", description = "do no more cases than so many minutes allow")
  private Optional<Integer> minutes = Optional.empty();

  @Option(
      names = "--begun",
      hidden = true,
      description = "when the minutes began, in seconds since 1970")
  private Optional<Long> begun = Optional.empty();

  @Option(names = "--seed", description = "take the cases in the order that this seed gives")
  private Optional<String> seed = Optional.empty();

  @Option(names = "--parallel", defaultValue = "2", description = "builds at the same time")
  private int parallel;

  @Option(names = "--data", description = "keep images and kernels in DIR, for the next time")
  private Optional<Path> data = Optional.empty();

  private final InstantSource clock;
  private final Report report;

  private Conformance(InstantSource clock, Report report) {
    this.clock = clock;
    this.report = report;
  }

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Conformance command = new Conformance(InstantSource.system(), new Report(System.out));
    System.exit(new CommandLine(command).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path cases = BaseRoots.cases();
    KnownDifferences known = new KnownDifferences(cases.resolve("known-differences.txt"));
    List<CaseFile> chosen = choose(CaseFile.all(cases));
    if (frontEnd) {
      FrontEnd planner = new FrontEnd(cases);
      chosen.forEach(file -> report.add(planner.plan(file), file));
      return report.end(0);
    }
    try (EngineHost host = open()) {
      new WholeBuilds(host, cases, clock, new Pace(clock, end()), parallel)
          .run(chosen, built -> report.add(built, known));
    }
    return report.end(chosen.size());
  }

  private EngineHost open() throws IOException {
    List<GuestScripts.Script> scripts = List.of(TreeReader.SCRIPT);
    return data.isPresent()
        ? EngineHost.keep(data.get(), scripts)
        : EngineHost.open(Files.createTempDirectory("fbc"), scripts);
  }

  private List<CaseFile> choose(List<CaseFile> all) {
    List<CaseFile> chosen =
        new ArrayList<>(
            all.stream()
                .filter(file -> only.map(p -> p.matcher(file.name()).find()).orElse(true))
                .filter(file -> areas.isEmpty() || areas.contains(file.area()))
                .toList());
    seed.ifPresent(text -> Collections.shuffle(chosen, new Random(text.hashCode())));
    return chosen;
  }

  private Instant end() {
    Instant begin = begun.map(Instant::ofEpochSecond).orElseGet(clock::instant);
    return minutes.map(time -> begin.plus(Duration.ofMinutes(time))).orElse(Instant.MAX);
  }
}
