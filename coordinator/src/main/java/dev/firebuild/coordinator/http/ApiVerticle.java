package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.Problem;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server. Its event loop only reads and writes; each request is answered on a virtual
 * thread of its own, so one that waits keeps no other waiting.
 */
final class ApiVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(ApiVerticle.class);
  private static final int HEADER_LIMIT = 16 * 1024;
  private static final int LINE_LIMIT = 8 * 1024;

  private final String host;
  private final int port;
  private final Routes routes;
  private final BearerToken token;
  private final Metrics metrics;
  private Optional<HttpServer> server = Optional.empty();

  ApiVerticle(String host, int port, Routes routes, BearerToken token, Metrics metrics) {
    this.host = host;
    this.port = port;
    this.routes = routes;
    this.token = token;
    this.metrics = metrics;
  }

  @Override
  public Future<?> start() {
    HttpServer listening =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(host)
                    .setPort(port)
                    .setMaxHeaderSize(HEADER_LIMIT)
                    .setMaxInitialLineLength(LINE_LIMIT)
                    // Plain HTTP/1.1: an upgrade in the middle of an upload gains nothing here.
                    .setHttp2ClearTextEnabled(false)
                    .setTcpKeepAlive(true)
                    .setHandle100ContinueAutomatically(true))
            .requestHandler(this::accept);
    server = Optional.of(listening);
    return listening.listen();
  }

  /** The port that the server listens on; the system's choice if 0 was asked for. */
  int port() {
    return server.map(HttpServer::actualPort).orElse(port);
  }

  private void accept(HttpServerRequest request) {
    // On the event loop, before the first byte of the body can come.
    RequestBody body = new RequestBody(request);
    Thread.ofVirtual().name("http").start(() -> answer(request, body));
  }

  private void answer(HttpServerRequest request, RequestBody body) {
    long begin = System.nanoTime();
    metrics.begin();
    Exchange exchange = new Exchange(request, body, Map.of());
    String template = "none";
    try {
      Routes.Match match = match(request);
      template = match.route().template();
      exchange = new Exchange(request, body, match.parameters());
      match.route().handler().handle(exchange);
    } catch (Exception e) {
      fail(exchange, request, e);
    } finally {
      metrics.end(
          request.method().name(),
          template,
          exchange.status(),
          Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  private Routes.Match match(HttpServerRequest request) {
    String path = Optional.ofNullable(request.path()).orElse("");
    Optional<Routes.Match> match;
    try {
      match = routes.find(request.method(), path);
    } catch (ProblemException e) {
      requireToken(request);
      throw e;
    }
    // Without the token, nobody learns which paths there are.
    if (match.isEmpty() || !match.get().route().open()) {
      requireToken(request);
    }
    return match.orElseThrow(() -> Problems.notFound("path", path));
  }

  private void requireToken(HttpServerRequest request) {
    if (!token.isShownBy(Optional.ofNullable(request.getHeader("Authorization")).orElse(""))) {
      throw Problems.unauthorized();
    }
  }

  private static void fail(Exchange exchange, HttpServerRequest request, Exception thrown) {
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    Optional<ProblemException> known = Problems.of(thrown);
    if (known.isEmpty() && !exchange.isClosed()) {
      log.atError()
          .addKeyValue("method", request.method())
          .addKeyValue("path", request.path())
          .setCause(thrown)
          .log("request failed");
    }
    if (exchange.isBegun()) {
      exchange.abort();
      return;
    }
    ProblemException problem =
        known.orElseGet(() ->
            new ProblemException(
                Problem.of(
                    500,
                    "internal",
                    "A defect of firebuild",
                    "the coordinator's log has the stack trace")));
    problem.headers().forEach(exchange::with);
    if (request.method().equals(HttpMethod.HEAD)) {
      exchange.empty(problem.problem().status());
    } else {
      exchange.send(problem.problem().status(), Problem.MEDIA_TYPE, Json.bytes(problem.problem()));
    }
  }
}
