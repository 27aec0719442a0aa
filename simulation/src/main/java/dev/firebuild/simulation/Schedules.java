package dev.firebuild.simulation;

import dev.firebuild.simulation.time.Violation;
import dev.firebuild.simulation.world.Parts;
import dev.firebuild.simulation.world.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;

/** Runs many schedules on all processors. */
final class Schedules {
  private final Parts parts;

  /** A schedule in which a rule does not hold. */
  record Failed(long seed, String rule, String details) {}

  /**
   * What came of some schedules.
   *
   * @param run how many were run
   * @param failed those that showed something, in the order of their seeds
   */
  record Outcome(long run, List<Failed> failed) {}

  Schedules(Parts parts) {
    this.parts = parts;
  }

  /** The failure of the schedule {@code seed}, if it has one. */
  Optional<Failed> one(long seed) {
    return run(seed, new World(seed, parts, false));
  }

  /** What happened in the schedule {@code seed}. */
  List<String> history(long seed) {
    World world = new World(seed, parts, true);
    Optional<Failed> failed = run(seed, world);
    List<String> lines = new ArrayList<>(world.history());
    lines.add(failed.map(why -> why.rule() + ": " + why.details()).orElse("all rules hold"));
    return lines;
  }

  private static Optional<Failed> run(long seed, World world) {
    try {
      world.run();
      return Optional.empty();
    } catch (Violation e) {
      return Optional.of(new Failed(seed, e.rule(), String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      return Optional.of(new Failed(seed, "nothing throws", e + " at " + e.getStackTrace()[0]));
    }
  }

  /**
   * Runs schedules until {@code most} are run, {@code enough} is true, or {@code failures} have
   * failed.
   *
   * @param seeds the seed of each number, from 0
   */
  Outcome many(long most, int failures, LongUnaryOperator seeds, BooleanSupplier enough)
      throws InterruptedException {
    AtomicLong next = new AtomicLong();
    AtomicLong run = new AtomicLong();
    AtomicBoolean over = new AtomicBoolean();
    List<Failed> failed = Collections.synchronizedList(new ArrayList<>());
    Callable<Optional<Failed>> turn =
        () -> {
          while (!over.get() && !enough.getAsBoolean()) {
            long number = next.getAndIncrement();
            if (number >= most) {
              break;
            }
            one(seeds.applyAsLong(number)).ifPresent(failed::add);
            run.incrementAndGet();
            over.compareAndSet(false, failed.size() >= failures);
          }
          return Optional.empty();
        };
    int processors = Runtime.getRuntime().availableProcessors();
    try (ExecutorService threads = Executors.newFixedThreadPool(processors)) {
      for (Future<Optional<Failed>> one :
          threads.invokeAll(Collections.nCopies(processors, turn))) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a schedule could not be run", e.getCause());
    }
    return new Outcome(run.get(), List.copyOf(failed));
  }
}
