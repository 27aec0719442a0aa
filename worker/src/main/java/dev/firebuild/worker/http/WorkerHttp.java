package dev.firebuild.worker.http;

import dev.firebuild.messaging.http.Blocking;
import dev.firebuild.messaging.http.ConnectionGuard;
import dev.firebuild.messaging.http.Connections;
import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.protocol.resource.ProblemException;
import dev.firebuild.worker.image.ImageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's HTTP server; everything but {@code /healthz} needs the bearer token. */
public final class WorkerHttp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerHttp.class);
  private static final int BAD_REQUEST = 400;
  private static final int HEADER_LIMIT = 16 * 1024;
  private static final long PATIENCE_SECONDS = 20;

  private final HttpServer server;
  private final ConnectionGuard guard;
  private final HttpPatience patience;
  private volatile Optional<WorkerHandlers> handlers = Optional.empty();

  private WorkerHttp(
      Vertx vertx, HttpServerOptions options, BearerToken token, HttpPatience patience) {
    this.patience = patience;
    this.server = vertx.createHttpServer(options);
    this.guard = ConnectionGuard.of(vertx, server, patience);
    server.requestHandler(routes(vertx, token));
  }

  /** What answers one request; blocking code. */
  @FunctionalInterface
  private interface Handler {
    void handle(WorkerHandlers handlers, RoutingContext context)
        throws IOException, InterruptedException;
  }

  /**
   * Listens on {@code host} and {@code port}; 0: the system chooses one. Until {@link #serve} every
   * answer is that the worker starts. Throws {@link IOException} if it cannot listen.
   */
  public static WorkerHttp start(
      Vertx vertx, String host, int port, BearerToken token, HttpPatience patience)
      throws IOException, InterruptedException {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setMaxHeaderSize(HEADER_LIMIT)
            .setHttp2ClearTextEnabled(false)
            .setTcpKeepAlive(true);
    WorkerHttp http = new WorkerHttp(vertx, options, token, patience);
    try {
      var _ = await(http.server.listen());
      return http;
    } catch (ExecutionException e) {
      throw new IOException(
          "the worker cannot listen on %s:%d: %s; choose another port"
              .formatted(host, port, e.getCause()),
          e);
    }
  }

  /** From now on {@code parts} are shown. */
  public void serve(WorkerParts parts) {
    handlers = Optional.of(new WorkerHandlers(parts, patience));
  }

  private Router routes(Vertx vertx, BearerToken token) {
    Router router = Router.router(vertx);
    router.route().handler(this::guard);
    route(router, "/healthz", WorkerHandlers::health);
    router.route().handler(context -> authorize(context, token));
    route(router, "/v1/images/:digest/manifest", WorkerHandlers::manifest);
    route(router, "/v1/images/:digest/export", WorkerHandlers::export);
    route(router, "/v1/kernels/:name", WorkerHandlers::kernel);
    route(router, "/v1/vms/:id/console", WorkerHandlers::console);
    router
        .route()
        .handler(context ->
            context.fail(
                WorkerHandlers.notFound(
                    "a worker has nothing at %s".formatted(context.request().path()))));
    router.route().failureHandler(WorkerHttp::fail);
    router.errorHandler(BAD_REQUEST, WorkerHttp::fail);
    return router;
  }

  private void guard(RoutingContext context) {
    boolean served = guard.begun(context.request());
    context.addHeadersEndHandler(_ -> guard.answering(context.request()));
    context.addEndHandler(_ -> guard.answered(context.request()));
    if (served) {
      context.next();
    } else {
      context.addEndHandler(_ -> context.request().connection().close());
      context.fail(
          new ProblemException(
              Problem.of(
                  503,
                  "too-many-connections",
                  "Too many connections",
                  "all connections that the worker keeps are in use; come again later")));
    }
  }

  private void route(Router router, String path, Handler handler) {
    router.get(path).handler(context -> answer(context, handler));
    router
        .route(path)
        .handler(context ->
            context.fail(
                new ProblemException(
                    Problem.of(
                        405,
                        "method-not-allowed",
                        "Method not allowed",
                        "%s has no %s, only GET"
                            .formatted(context.request().path(), context.request().method())),
                    Map.of("Allow", "GET"))));
  }

  /** The port that the server listens on. */
  public int port() {
    return server.actualPort();
  }

  /** Ends all answers and the server. */
  @Override
  public void close() {
    try {
      var _ = await(server.close());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | ExecutionException e) {
      log.atDebug().setCause(e).log("the worker's HTTP server did not end in order");
    }
    guard.close();
  }

  private static void authorize(RoutingContext context, BearerToken token) {
    if (token.isShownBy(context.request().getHeader(HttpHeaders.AUTHORIZATION))) {
      context.next();
    } else {
      context.fail(
          new ProblemException(
              Problem.of(
                  401,
                  "unauthorized",
                  "A bearer token is needed",
                  "send the header Authorization: Bearer TOKEN"),
              Map.of("WWW-Authenticate", "Bearer realm=\"firebuild\"")));
    }
  }

  /** On a virtual thread of its own; what fails comes back to the event loop. */
  private void answer(RoutingContext context, Handler handler) {
    guard.handed(context.request());
    Blocking.run(context.vertx(), () -> handler.handle(serving(), context), context::fail);
  }

  private WorkerHandlers serving() {
    return handlers.orElseThrow(() ->
        new ProblemException(
            Problem.of(
                503,
                "unavailable",
                "Not available for the moment",
                "the worker is starting; try again soon"),
            Map.of("Retry-After", "2")));
  }

  private static void fail(RoutingContext context) {
    Throwable thrown = context.failure();
    if (context.response().headWritten()) {
      log.atWarn()
          .addKeyValue("path", context.normalizedPath())
          .setCause(thrown)
          .log("an answer broke off");
      // The client must not take what it has for the whole.
      Connections.abort(context.request().connection());
      return;
    }
    ProblemException known = known(context, thrown);
    Problem problem = known.problem();
    known.headers().forEach(context.response()::putHeader);
    var _ =
        context
            .response()
            .setStatusCode(problem.status())
            .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
            .end(Buffer.buffer(Json.bytes(problem)));
  }

  private static ProblemException known(RoutingContext context, @Nullable Throwable thrown) {
    return switch (thrown) {
      case ProblemException problem -> problem;
      case ImageException e when e.code() == FailureCode.NOT_FOUND ->
          WorkerHandlers.notFound(String.valueOf(e.getMessage()));
      case null ->
          new ProblemException(
              Problem.of(
                  BAD_REQUEST, "malformed", "The request cannot be read", "the path is broken"));
      default -> {
        log.atError()
            .addKeyValue("path", context.normalizedPath())
            .setCause(thrown)
            .log("request failed");
        yield new ProblemException(
            Problem.of(
                500, "internal", "A defect of firebuild", "the worker's log has the stack trace"));
      }
    };
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
