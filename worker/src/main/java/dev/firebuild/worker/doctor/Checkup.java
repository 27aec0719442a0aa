package dev.firebuild.worker.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Goes through checks. */
public final class Checkup {
  /** More than every program that is asked gets: only a file system that hangs takes so long. */
  private static final Duration LIMIT = Duration.ofSeconds(8);

  private Checkup() {}

  /**
   * All checks of this host, in bounded time.
   *
   * @param environment where programs are looked up
   */
  public static List<Result> ofThisHost(Subject subject, Map<String, String> environment) {
    return of(Catalog.of(subject), ThisHost.of(environment), LIMIT);
  }

  /**
   * The results of {@code checks}, in their order. Each has a thread of its own, which no other one
   * waits for: what hangs in the kernel cannot be interrupted.
   *
   * @param limit of all together
   */
  static List<Result> of(List<Check> checks, Host host, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    List<FutureTask<Result>> tasks =
        checks.stream().map(check -> new FutureTask<>(() -> check.on(host))).toList();
    tasks.forEach(task -> Thread.ofPlatform().daemon().name("doctor").start(task));
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < checks.size(); i++) {
      results.add(result(checks.get(i), tasks.get(i), end, limit));
    }
    return results;
  }

  private static Result result(Check check, FutureTask<Result> task, long end, Duration limit) {
    try {
      return task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return check.broken("not finished after %d s".formatted(limit.toSeconds()));
    } catch (ExecutionException e) {
      return check.broken(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return check.broken("interrupted");
    }
  }
}
