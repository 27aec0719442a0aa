package dev.firebuild.worker.build;

import dev.firebuild.worker.guest.BuildGuest;
import dev.firebuild.worker.guest.Frozen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers what the steps of one stage have made. The guest stands still for a copy only: while
 * that is brought to the disk the next step runs already. A result that cannot be remembered costs
 * the next build time, and this one nothing.
 */
final class StepMemory implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StepMemory.class);

  private final StepCache cache;
  private final Path upper;
  private CompletableFuture<Void> keeping = CompletableFuture.completedFuture(null);

  /**
   * @param upper the stage's disk
   */
  StepMemory(StepCache cache, Path upper) {
    this.cache = cache;
    this.upper = upper;
  }

  /**
   * Remembers {@code result}, which {@code guest} has just made.
   *
   * @throws IOException if the guest was lost
   */
  void remember(BuildGuest guest, String key, StepResult result) throws IOException {
    Optional<StepCache.Copy> copy;
    try (Frozen _ = guest.freeze()) {
      copy = copy(key, result);
    }
    copy.ifPresent(
        made -> keeping = keeping.thenRunAsync(() -> keep(made, key), Thread::startVirtualThread));
  }

  private Optional<StepCache.Copy> copy(String key, StepResult result) {
    try {
      return Optional.of(cache.copy(result, upper));
    } catch (IOException e) {
      tell(key, e);
      return Optional.empty();
    }
  }

  private static void keep(StepCache.Copy copy, String key) {
    try {
      copy.keep(key);
    } catch (IOException e) {
      tell(key, e);
    }
  }

  private static void tell(String key, IOException e) {
    log.atWarn()
        .addKeyValue("key", key)
        .setCause(e)
        .log("a step cannot be remembered; the next build executes it again");
  }

  /** Returns when all is remembered. */
  @Override
  public void close() {
    keeping.join();
  }
}
