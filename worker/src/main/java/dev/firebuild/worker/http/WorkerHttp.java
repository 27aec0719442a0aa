package dev.firebuild.worker.http;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.worker.image.ImageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's HTTP server; everything but {@code /healthz} needs the bearer token. */
public final class WorkerHttp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerHttp.class);
  private static final String SCHEME = "Bearer ";
  private static final long PATIENCE_SECONDS = 20;

  private final HttpServer server;
  private volatile Optional<WorkerHandlers> handlers = Optional.empty();

  private WorkerHttp(Vertx vertx, HttpServerOptions options, String token) {
    this.server = vertx.createHttpServer(options).requestHandler(routes(vertx, token));
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
  public static WorkerHttp start(Vertx vertx, String host, int port, String token)
      throws IOException, InterruptedException {
    HttpServerOptions options =
        new HttpServerOptions().setHost(host).setPort(port).setHttp2ClearTextEnabled(false);
    WorkerHttp http = new WorkerHttp(vertx, options, token);
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
    handlers = Optional.of(new WorkerHandlers(parts));
  }

  private Router routes(Vertx vertx, String token) {
    Router router = Router.router(vertx);
    route(router, "/healthz", WorkerHandlers::health);
    router.route().handler(context -> authorize(context, token));
    route(router, "/v1/images/:digest/manifest", WorkerHandlers::manifest);
    route(router, "/v1/images/:digest/export", WorkerHandlers::export);
    route(router, "/v1/kernels/:name", WorkerHandlers::kernel);
    route(router, "/v1/vms/:id/console", WorkerHandlers::console);
    router
        .route()
        .handler(context ->
            refuse(
                context,
                new ProblemException(
                    404, "not-found", "a worker has nothing at this path and method")));
    return router;
  }

  private void route(Router router, String path, Handler handler) {
    router.get(path).handler(context -> answer(context, handler));
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
  }

  private static void authorize(RoutingContext context, String token) {
    String shown = Optional.ofNullable(context.request().getHeader("Authorization")).orElse("");
    boolean known =
        shown.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            && MessageDigest.isEqual(
                shown.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8),
                token.getBytes(StandardCharsets.UTF_8));
    if (known) {
      context.next();
    } else {
      context.response().putHeader("WWW-Authenticate", "Bearer realm=\"firebuild\"");
      refuse(
          context,
          new ProblemException(401, "unauthorized", "send the header Authorization: Bearer TOKEN"));
    }
  }

  private void answer(RoutingContext context, Handler handler) {
    Thread.ofVirtual()
        .name("http")
        .start(() -> {
          try {
            handler.handle(serving(), context);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(context, e);
          } catch (IOException | RuntimeException e) {
            fail(context, e);
          }
        });
  }

  private WorkerHandlers serving() {
    return handlers.orElseThrow(
        () -> new ProblemException(503, "unavailable", "the worker is starting; try again soon"));
  }

  private static void fail(RoutingContext context, Exception thrown) {
    if (context.response().headWritten()) {
      log.atWarn()
          .addKeyValue("path", context.normalizedPath())
          .setCause(thrown)
          .log("an answer broke off");
      // The client must not take what it has for the whole.
      var _ = context.request().connection().close();
      return;
    }
    switch (thrown) {
      case ProblemException problem -> refuse(context, problem);
      case ImageException e when e.code() == FailureCode.NOT_FOUND ->
          refuse(context, new ProblemException(404, "not-found", String.valueOf(e.getMessage())));
      default -> {
        log.atError()
            .addKeyValue("path", context.normalizedPath())
            .setCause(thrown)
            .log("request failed");
        refuse(
            context, new ProblemException(500, "internal", "the worker's log has the stack trace"));
      }
    }
  }

  private static void refuse(RoutingContext context, ProblemException problem) {
    var _ =
        context
            .response()
            .setStatusCode(problem.status())
            .putHeader("Content-Type", Problem.MEDIA_TYPE)
            .end(
                Buffer.buffer(
                    Json.bytes(
                        Problem.of(
                            problem.status(),
                            problem.code(),
                            title(problem.status()),
                            problem.detail()))));
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "The request cannot be read";
      case 401 -> "A bearer token is needed";
      case 404 -> "Not found";
      case 503 -> "Not available for the moment";
      default -> "A defect of firebuild";
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
