package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.blob.BlobStore;
import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.Letters;
import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.messaging.http.ConnectionGuard;
import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Topics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The running HTTP API of a coordinator. */
public final class HttpApi implements AutoCloseable {
  static final int HEADER_LIMIT = 16 * 1024;
  static final int LINE_LIMIT = 8 * 1024;
  private static final long PATIENCE_SECONDS = 20;

  private final HttpServer server;
  private final EventFeed feed;
  private final WorkerProxy workers;
  private final ConnectionGuard guard;
  private final LiveReaders live;

  /**
   * What the API stands on.
   *
   * @param notReady says why the coordinator is not ready, if it is not
   * @param patience with clients
   */
  public record Parts(
      Views views,
      EventFeed feed,
      Letters letters,
      RecordLog log,
      Topics topics,
      BlobStore blobs,
      BearerToken token,
      Supplier<Optional<String>> notReady,
      RandomGenerator random,
      InstantSource clock,
      HttpPatience patience) {}

  private HttpApi(
      HttpServer server,
      EventFeed feed,
      WorkerProxy workers,
      ConnectionGuard guard,
      LiveReaders live) {
    this.server = server;
    this.feed = feed;
    this.workers = workers;
    this.guard = guard;
    this.live = live;
  }

  /**
   * Listens on {@code host} and {@code port}; 0: the system chooses one. Throws {@link IOException}
   * if it cannot.
   */
  public static HttpApi start(Vertx vertx, String host, int port, Parts parts)
      throws IOException, InterruptedException {
    Metrics metrics = new Metrics(parts.views());
    WorkerProxy workers = new WorkerProxy(parts.views(), parts.token(), parts.patience());
    HttpServer server = vertx.createHttpServer(options(host, port));
    ConnectionGuard guard = ConnectionGuard.of(vertx, server, parts.patience());
    // That of this thread, which listens: so it is the server's, too.
    LiveReaders live =
        new LiveReaders(
            vertx, vertx.getOrCreateContext(), parts.feed(), parts.patience().heartbeat());
    Routes routes = routes(parts, metrics, workers, live);
    server
        .requestHandler(ApiRouter.of(vertx, routes, parts, metrics, guard))
        .invalidRequestHandler(Failures::invalid);
    try {
      return new HttpApi(await(server.listen()), parts.feed(), workers, guard, live);
    } catch (ExecutionException e) {
      workers.close();
      guard.close();
      live.close();
      throw new IOException(
          "listening on %s:%d: %s; is another node running? choose another port with --http"
              .formatted(host, port, e.getCause()),
          e);
    }
  }

  private static HttpServerOptions options(String host, int port) {
    return new HttpServerOptions()
        .setHost(host)
        .setPort(port)
        .setMaxHeaderSize(HEADER_LIMIT)
        .setMaxInitialLineLength(LINE_LIMIT)
        // Plain HTTP/1.1: an upgrade in the middle of an upload gains nothing here.
        .setHttp2ClearTextEnabled(false)
        .setTcpKeepAlive(true);
  }

  static Routes routes(Parts parts, Metrics metrics, WorkerProxy workers, LiveReaders live)
      throws IOException {
    Views views = parts.views();
    RequestIds ids = new RequestIds(parts.random());
    Commands commands = new Commands(parts.log(), parts.topics());
    BuildCheck check = new BuildCheck(parts.blobs(), views);
    Settled settled = new Settled(parts.feed(), views, parts.clock());
    BuildHandlers builds =
        new BuildHandlers(
            views,
            settled,
            new Intake<>(new BuildKind(views, parts.topics(), check), parts.log(), ids),
            commands);
    VmHandlers vms =
        new VmHandlers(
            views,
            new Intake<>(new VmKind(views, parts.topics(), check), parts.log(), ids),
            commands);
    Passage passage = new Passage(parts.feed(), settled, live, parts.patience().heartbeat());
    return Routes.of(
        builds,
        vms,
        new ImageHandlers(views, commands, workers),
        new BlobHandlers(parts.blobs()),
        new EventHandlers(parts.feed(), builds, vms, passage, metrics),
        new LogHandlers(parts.feed(), builds, vms, passage),
        new DeadLetterHandlers(views, parts.letters(), parts.log(), parts.topics()),
        new SystemHandlers(metrics, parts.notReady(), parts.topics()));
  }

  /** The port that the API listens on. */
  public int port() {
    return server.actualPort();
  }

  /** Ends all streams and the server. */
  @Override
  public void close() {
    feed.close();
    workers.close();
    try {
      var _ = await(server.close());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | ExecutionException e) {
      // The process ends; its sockets do too.
    }
    guard.close();
    live.close();
  }

  private static <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, IOException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("Vert.x does not answer", e);
    }
  }
}
