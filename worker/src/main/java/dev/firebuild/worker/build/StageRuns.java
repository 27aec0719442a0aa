package dev.firebuild.worker.build;

import dev.firebuild.worker.build.BuildGuard.EndedException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes stages, each once and in a thread of its own, so that stages that do not need each other
 * are made at the same time. The first one that fails ends the others.
 */
final class StageRuns {
  private final BuildGuard guard;
  private final Work work;
  private final Map<Integer, CompletableFuture<StepResult>> runs = new ConcurrentHashMap<>();
  private final AtomicReference<Optional<Exception>> failure =
      new AtomicReference<>(Optional.empty());

  /** Makes one stage; what it needs of others it asks {@link StageRuns} for. */
  @FunctionalInterface
  interface Work {
    StepResult make(int stage)
        throws IOException, InterruptedException, BuildFailedException, EndedException;
  }

  StageRuns(BuildGuard guard, Work work) {
    this.guard = guard;
    this.work = work;
  }

  /**
   * The result of the stage {@code target}; nothing is at work any more when this returns or
   * throws.
   */
  StepResult run(int target)
      throws IOException, InterruptedException, BuildFailedException, EndedException {
    StepResult result;
    try {
      result = get(target);
    } catch (EndedException e) {
      awaitAll();
      throwFailure();
      throw e;
    } catch (InterruptedException e) {
      fail(e);
      awaitAll();
      throw e;
    }
    awaitAll();
    return result;
  }

  /** Begins to make {@code stage} unless that has begun. */
  void begin(int stage) {
    var _ = made(stage);
  }

  private CompletableFuture<StepResult> made(int stage) {
    CompletableFuture<StepResult> mine = new CompletableFuture<>();
    CompletableFuture<StepResult> other = runs.putIfAbsent(stage, mine);
    if (other != null) {
      return other;
    }
    Thread.ofVirtual().name("stage-" + stage).start(() -> make(stage, mine));
    return mine;
  }

  /**
   * The result of {@code stage}, made first if need be.
   *
   * @throws EndedException if it, or another one, has failed
   */
  StepResult get(int stage) throws InterruptedException, EndedException {
    try {
      return made(stage).get();
    } catch (ExecutionException _) {
      throw new EndedException();
    }
  }

  private void make(int stage, CompletableFuture<StepResult> result) {
    try {
      result.complete(work.make(stage));
    } catch (IOException
        | InterruptedException
        | BuildFailedException
        | EndedException
        | RuntimeException e) {
      fail(e);
      result.completeExceptionally(e);
    } catch (Error e) {
      fail(new IllegalStateException("a stage could not be made", e));
      result.completeExceptionally(e);
      throw e;
    }
  }

  private void fail(Exception e) {
    if (failure.compareAndSet(Optional.empty(), Optional.of(e))) {
      guard.abort();
    }
  }

  private void throwFailure()
      throws IOException, InterruptedException, BuildFailedException, EndedException {
    switch (failure.get().orElse(null)) {
      case null -> {}
      case IOException e -> throw e;
      case InterruptedException e -> throw e;
      case BuildFailedException e -> throw e;
      case EndedException e -> throw e;
      case RuntimeException e -> throw e;
      case Exception e -> throw new IllegalStateException("stages do not throw these", e);
    }
  }

  /** Their files are removed next: none may still be written. */
  private void awaitAll() {
    for (CompletableFuture<StepResult> run : runs.values()) {
      var _ = run.handle((_, _) -> true).join();
    }
  }
}
