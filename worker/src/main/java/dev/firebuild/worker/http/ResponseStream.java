package dev.firebuild.worker.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A response's body as a stream for blocking code: a write returns when the client takes more, and
 * fails when it has gone away, or takes nothing for so long that it might have.
 */
final class ResponseStream extends OutputStream {
  private final HttpServerResponse response;
  private final Duration patience;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /**
   * @param patience for the client to take what was written
   */
  ResponseStream(HttpServerResponse response, Duration patience) {
    this.response = response;
    this.patience = patience;
    response.closeHandler(_ -> closed.complete(null));
    response.exceptionHandler(_ -> closed.complete(null));
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    // A first write may find its response closed already: only then nobody else says so.
    if (response.closed()) {
      throw new IOException("the client has gone away");
    }
    await(response.write(Buffer.buffer(Arrays.copyOfRange(bytes, offset, offset + length))));
  }

  /** Ends the body: the client has the whole. Closing alone does not say that. */
  void end() throws IOException {
    await(response.end());
  }

  private void await(Future<Void> future) throws IOException {
    try {
      CompletableFuture.anyOf(future.toCompletionStage().toCompletableFuture(), closed)
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | CancellationException e) {
      throw new IOException("the client has gone away", e);
    } catch (TimeoutException e) {
      throw new IOException(
          "the client took nothing of the answer for %d s".formatted(patience.toSeconds()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the worker ends");
    }
    if (closed.isDone() && !future.succeeded()) {
      throw new IOException("the client has gone away");
    }
  }
}
