package dev.firebuild.messaging.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BlockingTest {
  private static final int SECONDS = 30;

  private final Vertx vertx = Vertx.vertx();

  @Test
  void aFailureIsHeardOnTheEventLoop() throws Exception {
    assertHeard(() -> {
      throw new IOException("broken");
    });
  }

  @Test
  void soIsAnError() throws Exception {
    assertHeard(() -> {
      throw new StackOverflowError("broken");
    });
  }

  private void assertHeard(Blocking.Answer answer) throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    vertx.runOnContext(_ ->
        Blocking.run(
            vertx,
            answer,
            e -> heard.complete(Thread.currentThread().getName() + " " + e.getMessage())));

    assertThat(heard.get(SECONDS, TimeUnit.SECONDS)).contains("eventloop").endsWith("broken");
    end();
  }

  @Test
  void aFailureAfterTheEndOfTheServerHarmsNobody() throws Exception {
    // Given a request that is at work when the server ends
    CompletableFuture<Void> ended = new CompletableFuture<>();
    CompletableFuture<Thread> worker = new CompletableFuture<>();
    CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
    vertx.runOnContext(_ ->
        Blocking.run(
            vertx,
            () -> {
              Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.complete(e));
              worker.complete(Thread.currentThread());
              ended.get(SECONDS, TimeUnit.SECONDS);
              throw new IOException("too late");
            },
            _ -> {}));
    Thread thread = worker.get(SECONDS, TimeUnit.SECONDS);
    end();

    // When
    ended.complete(null);
    thread.join(TimeUnit.SECONDS.toMillis(SECONDS));

    // Then
    assertThat(uncaught).isNotDone();
  }

  private void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
  }
}
