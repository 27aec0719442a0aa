package dev.firebuild.messaging.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests in plain blocking code, each on a virtual thread of its own. */
public final class Blocking {
  private static final Logger log = LoggerFactory.getLogger(Blocking.class);

  /** What may block and fail. */
  @FunctionalInterface
  public interface Answer {
    /** Answers; throws what {@code failed} shall hear. */
    void give() throws Exception;
  }

  private Blocking() {}

  /**
   * Runs {@code answer}; called on the event loop of the request.
   *
   * @param failed hears on that event loop why there is no answer, unless the server has ended
   */
  public static void run(Vertx vertx, Answer answer, Consumer<Throwable> failed) {
    Context loop = vertx.getOrCreateContext();
    Thread.ofVirtual()
        .name("http")
        .start(() -> {
          try {
            answer.give();
          } catch (Throwable e) {
            // An Error, too: its client would wait for ever.
            tell(loop, failed, e);
          }
        });
  }

  private static void tell(Context loop, Consumer<Throwable> failed, Throwable thrown) {
    try {
      loop.runOnContext(_ -> failed.accept(thrown));
    } catch (RejectedExecutionException _) {
      log.atDebug().setCause(thrown).log("a request broke off with the end of the server");
    }
  }
}
