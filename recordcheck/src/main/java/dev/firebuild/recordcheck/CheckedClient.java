package dev.firebuild.recordcheck;

import dev.firebuild.recordcheck.AnswerCheck.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A client of coordinators that holds every answer against their {@code /openapi.json}: what is
 * wrong fails the call, or, of an answer that is read as it comes, {@link #close}.
 */
public final class CheckedClient extends HttpClient {
  private static final int OK = 200;

  /** More of a stream is not looked at. */
  private static final int MOST = 8 << 20;

  /** One for all coordinators of a process: they are of one version. */
  private static final AtomicReference<@Nullable AnswerCheck> CHECK = new AtomicReference<>();

  private final HttpClient client;
  private final AtomicReference<@Nullable AnswerCheck> check;
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

  /** Asks through {@code client}, and learns the {@code check} once, if nobody has yet. */
  CheckedClient(HttpClient client, AtomicReference<@Nullable AnswerCheck> check) {
    this.client = client;
    this.check = check;
  }

  /** One that speaks HTTP/1.1. */
  public static CheckedClient create() {
    return of(HttpClient.newBuilder().version(Version.HTTP_1_1).build());
  }

  /** One that asks through {@code client}, and closes it. */
  public static CheckedClient of(HttpClient client) {
    return new CheckedClient(client, CHECK);
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    learn(request.uri());
    HttpResponse<T> response = client.send(request, checking(request, handler));
    requireClean();
    return response;
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    learn(request.uri());
    return client
        .sendAsync(request, checking(request, handler))
        .whenComplete((_, _) -> requireClean());
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushed) {
    throw new UnsupportedOperationException("coordinators push nothing");
  }

  private void requireClean() {
    if (!complaints.isEmpty()) {
      throw new AssertionError(
          "an answer is not as /openapi.json says:%n%s"
              .formatted(String.join(System.lineSeparator(), complaints)));
    }
  }

  private <T> BodyHandler<T> checking(HttpRequest request, BodyHandler<T> handler) {
    return info -> new Tee<>(handler.apply(info), bytes -> look(request, info, bytes));
  }

  private void look(HttpRequest request, ResponseInfo info, byte[] body) {
    Optional.ofNullable(check.get())
        .map(known ->
            known.complaints(
                new Answer(
                    request.method(),
                    request.uri().getRawPath(),
                    info.statusCode(),
                    info.headers().firstValue("Content-Type"),
                    body)))
        .ifPresent(complaints::addAll);
  }

  /** While nobody answers, there is nothing to check either. */
  private void learn(URI request) {
    if (check.get() == null) {
      try {
        HttpResponse<byte[]> document =
            client.send(
                HttpRequest.newBuilder(request.resolve("/openapi.json")).build(),
                BodyHandlers.ofByteArray());
        if (document.statusCode() != OK) {
          // Without it nothing would be checked, and nobody would notice.
          throw new AssertionError(
              "asking for %s: status %d instead of 200"
                  .formatted(document.uri(), document.statusCode()));
        }
        check.compareAndSet(null, new AnswerCheck(document.body()));
      } catch (IOException e) {
        // The request itself says so.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Passes a body on, and shows all of it when it has ended. */
  private static final class Tee<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> subscriber;
    private final Consumer<byte[]> look;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Tee(BodySubscriber<T> subscriber, Consumer<byte[]> look) {
      this.subscriber = subscriber;
      this.look = look;
    }

    @Override
    public CompletionStage<T> getBody() {
      return subscriber.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
      if (bytes.size() < MOST) {
        for (ByteBuffer piece : pieces) {
          byte[] copy = new byte[piece.remaining()];
          piece.duplicate().get(copy);
          bytes.writeBytes(copy);
        }
      }
      subscriber.onNext(pieces);
    }

    @Override
    public void onError(Throwable cause) {
      subscriber.onError(cause);
    }

    @Override
    public void onComplete() {
      if (bytes.size() < MOST) {
        look.accept(bytes.toByteArray());
      }
      subscriber.onComplete();
    }
  }

  @Override
  public void close() {
    client.close();
    requireClean();
  }

  @Override
  public void shutdown() {
    client.shutdown();
  }

  @Override
  public void shutdownNow() {
    client.shutdownNow();
    requireClean();
  }

  @Override
  public boolean awaitTermination(Duration patience) throws InterruptedException {
    return client.awaitTermination(patience);
  }

  @Override
  public boolean isTerminated() {
    return client.isTerminated();
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return client.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }
}
