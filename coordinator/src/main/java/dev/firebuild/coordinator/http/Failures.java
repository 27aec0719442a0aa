package dev.firebuild.coordinator.http;

import dev.firebuild.messaging.http.Connections;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.protocol.resource.ProblemException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a problem document of whatever ends a request early. */
final class Failures {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  static void handle(RoutingContext context) {
    HttpServerResponse response = context.response();
    Optional<ProblemException> known = known(context);
    if (known.isEmpty() && !response.closed()) {
      log.atError()
          .addKeyValue("method", context.request().method())
          .addKeyValue("path", context.normalizedPath())
          .setCause(context.failure())
          .log("request failed");
    }
    if (response.headWritten()) {
      // The client must not take what it has for the whole.
      Connections.abort(context.request().connection());
    } else {
      send(context, known.orElseGet(Problems::internal));
    }
  }

  static void send(RoutingContext context, ProblemException exception) {
    send(context.request(), exception);
  }

  /** Empty: a defect of ours. */
  private static Optional<ProblemException> known(RoutingContext context) {
    return Optional.ofNullable(context.failure())
        .flatMap(Problems::of)
        .or(() ->
            switch (context.statusCode()) {
              case 400 -> Optional.of(unroutable(context));
              case 417 ->
                  Optional.of(Problems.malformed("the header Expect may only say 100-continue"));
              default ->
                  // The router's own refusals: of a path that is none, for example.
                  context.statusCode() / 100 == 4
                      ? Optional.of(Problems.malformed("the API cannot read this request"))
                      : Optional.empty();
            });
  }

  static ProblemException unroutable(RoutingContext context) {
    return Problems.unroutable(context.request().authority() != null);
  }

  /** A request that no router gets to see: the parser has given it up. */
  static void invalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    ProblemException problem =
        switch (cause) {
          case TooLongHttpLineException _ -> Problems.uriTooLong(HttpApi.LINE_LIMIT);
          case TooLongHttpHeaderException _ -> Problems.headersTooLarge(HttpApi.HEADER_LIMIT);
          case null, default -> Problems.malformed("this is no HTTP/1.1 request");
        };
    request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    send(request, problem);
  }

  private static void send(HttpServerRequest request, ProblemException exception) {
    Problem problem = exception.problem();
    HttpServerResponse response = request.response().setStatusCode(problem.status());
    exception.headers().forEach(response::putHeader);
    if (request.method().equals(HttpMethod.HEAD)) {
      var _ = response.end();
    } else {
      var _ =
          response
              .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
              .end(Buffer.buffer(Json.bytes(problem)));
    }
  }
}
