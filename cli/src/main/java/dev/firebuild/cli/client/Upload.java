package dev.firebuild.cli.client;

import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Flow;

/**
 * A file as a request's body, that knows whether it gets on: how long an upload may take depends on
 * its size and on the network, how long it may stand still does not.
 */
final class Upload implements BodyPublisher {
  private final BodyPublisher file;
  private final Patience patience;
  private volatile long moved = System.nanoTime();
  private volatile boolean sent;

  Upload(Path file, Patience patience) throws FileNotFoundException {
    this.file = BodyPublishers.ofFile(file);
    this.patience = patience;
  }

  /**
   * Throws {@link HttpTimeoutException} if the node takes nothing, or does not answer in the end.
   */
  void requireProgress() throws HttpTimeoutException {
    var limit = sent ? patience.stored() : patience.answer();
    if (System.nanoTime() - moved > limit.toNanos()) {
      throw new HttpTimeoutException(
          (sent ? "all is sent, and no answer came for %d s" : "the node took nothing for %d s")
              .formatted(limit.toSeconds()));
    }
  }

  @Override
  public long contentLength() {
    return file.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    file.subscribe(new Watched(subscriber));
  }

  private final class Watched implements Flow.Subscriber<ByteBuffer> {
    private final Flow.Subscriber<? super ByteBuffer> target;

    private Watched(Flow.Subscriber<? super ByteBuffer> target) {
      this.target = target;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      target.onSubscribe(subscription);
    }

    @Override
    public void onNext(ByteBuffer piece) {
      moved = System.nanoTime();
      target.onNext(piece);
    }

    @Override
    public void onError(Throwable thrown) {
      target.onError(thrown);
    }

    @Override
    public void onComplete() {
      moved = System.nanoTime();
      sent = true;
      target.onComplete();
    }
  }
}
