package dev.firebuild.systemtest.conformance;

import dev.firebuild.systemtest.conformance.CaseRunner.Built;
import dev.firebuild.systemtest.engine.EngineHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Builds cases, several at the same time, while others are compared: the comparing must not fall so
 * far behind that it goes on for long when the time is over.
 */
final class WholeBuilds {
  /** As many as are compared in one VM. */
  private static final int TOGETHER = 16;

  private final CaseRunner runner;
  private final TreeComparisons comparisons;
  private final InstantSource clock;
  private final Pace pace;
  private final int parallel;
  private final Semaphore ahead;

  WholeBuilds(EngineHost host, Path cases, InstantSource clock, Pace pace, int parallel) {
    BaseImages bases = new BaseImages(host, cases);
    this.runner = new CaseRunner(host, bases);
    this.comparisons = new TreeComparisons(host, bases);
    this.clock = clock;
    this.pace = pace;
    this.parallel = parallel;
    this.ahead = new Semaphore(TOGETHER + 2 * parallel, /* fair= */ true);
  }

  /** Tells of each case, in about their order, as far as the time allows. */
  void run(List<CaseFile> cases, Consumer<Built> report)
      throws IOException, InterruptedException, ExecutionException {
    try (ExecutorService builders = Executors.newFixedThreadPool(parallel)) {
      List<Future<Optional<Built>>> futures =
          cases.stream().map(file -> builders.submit(() -> build(file))).toList();
      try {
        collect(futures, report);
      } finally {
        builders.shutdownNow();
      }
    }
  }

  private Optional<Built> build(CaseFile file) throws InterruptedException {
    ahead.acquire();
    if (!pace.begin()) {
      ahead.release();
      return Optional.empty();
    }
    Optional<Built> impossible = runner.prepare(file);
    if (impossible.isPresent()) {
      return impossible;
    }
    long begin = clock.millis();
    Built built = runner.run(file);
    pace.built(Duration.ofMillis(clock.millis() - begin));
    return Optional.of(built);
  }

  private void collect(List<Future<Optional<Built>>> futures, Consumer<Built> report)
      throws IOException, InterruptedException, ExecutionException {
    List<Built> waiting = new ArrayList<>();
    for (Future<Optional<Built>> future : futures) {
      Optional<Built> built = future.get();
      if (built.isEmpty()) {
        continue;
      }
      if (built.get().image().isEmpty()) {
        report.accept(built.get());
        pace.done();
        ahead.release();
        continue;
      }
      if (!fits(waiting, built.get())) {
        compare(waiting, report);
        waiting.clear();
      }
      waiting.add(built.get());
    }
    if (!waiting.isEmpty()) {
      compare(waiting, report);
    }
  }

  private static boolean fits(List<Built> waiting, Built another) {
    List<Built> more = new ArrayList<>(waiting);
    more.add(another);
    return more.size() <= TOGETHER && TreeComparisons.layers(more).size() <= TreeReader.LAYERS;
  }

  private void compare(List<Built> built, Consumer<Built> report)
      throws IOException, InterruptedException {
    long begin = clock.millis();
    comparisons.compare(built).forEach(report);
    pace.compared(built.size(), Duration.ofMillis(clock.millis() - begin));
    ahead.release(built.size());
  }
}
