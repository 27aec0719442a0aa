package dev.firebuild.worker.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wish that granted work may end, and who must hear of it. It is raised at most twice: a
 * requested end can still turn into a lost grant.
 */
public final class Cancellation {
  private static final Logger log = LoggerFactory.getLogger(Cancellation.class);

  private final Object lock = new Object();
  private final List<Runnable> actions = new ArrayList<>();
  private final List<Runnable> lossActions = new ArrayList<>();
  private Optional<CancelReason> reason = Optional.empty();

  /** What {@link #onCancel} gives back: closing it takes the action away. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /** Why the work must end; empty while it may go on. */
  public Optional<CancelReason> reason() {
    synchronized (lock) {
      return reason;
    }
  }

  public boolean isCancelled() {
    return reason().isPresent();
  }

  /** Throws {@link CancellationException} if the work must end. */
  public void check() {
    reason()
        .ifPresent(why -> {
          throw new CancellationException(why.toString());
        });
  }

  /**
   * Runs {@code action} once when the work must end, at once if that is so already. It runs on the
   * thread that brings the wish and must be short: kill a process, interrupt a thread.
   */
  public Registration onCancel(Runnable action) {
    synchronized (lock) {
      if (reason.isEmpty()) {
        actions.add(action);
        return () -> {
          synchronized (lock) {
            actions.remove(action);
          }
        };
      }
    }
    run(action);
    return () -> {};
  }

  /**
   * Runs {@code action} once when the grant is lost, at once if that is so already; unlike {@link
   * #onCancel} also when somebody had wanted the work to end before. It must be short, too.
   */
  public void onLostGrant(Runnable action) {
    synchronized (lock) {
      if (reason.filter(CancelReason.LostGrant.class::isInstance).isEmpty()) {
        lossActions.add(action);
        return;
      }
    }
    run(action);
  }

  /** Raises the wish; a lost grant replaces a requested end, everything else changes nothing. */
  public void cancel(CancelReason why) {
    List<Runnable> due;
    synchronized (lock) {
      boolean stronger =
          reason.isEmpty()
              || (reason.get() instanceof CancelReason.Requested
                  && why instanceof CancelReason.LostGrant);
      if (!stronger) {
        return;
      }
      reason = Optional.of(why);
      due = new ArrayList<>(actions);
      actions.clear();
      if (why instanceof CancelReason.LostGrant) {
        due.addAll(lossActions);
        lossActions.clear();
      }
    }
    due.forEach(Cancellation::run);
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("an action on cancelling failed");
    }
  }
}
