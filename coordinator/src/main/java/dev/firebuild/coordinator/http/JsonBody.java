package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.resource.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * A request's JSON body, read whole on the event loop before its handler is called. It is kept
 * until it is forgotten, or the answer is sent, or the client has gone.
 */
final class JsonBody {
  /** The most bytes; a larger record would go to the dead letters. */
  static final int LIMIT = 1024 * 1024;

  /**
   * So much of each body needs no share of the memory for all: the number of connections bounds it,
   * and whoever sends what people send is served, however many large ones there are.
   */
  static final int FREE = 16 * 1024;

  private static final String KEY = "json-body";

  private final RoutingContext context;
  private final BodyMemory.Share memory;
  private Buffer bytes = Buffer.buffer();
  private boolean forgotten;

  private JsonBody(RoutingContext context, BodyMemory.Share memory) {
    this.context = context;
    this.memory = memory;
  }

  /** Reads the body of {@code context} and goes on with it, or fails it. */
  static void read(RoutingContext context, BodyMemory memory) {
    HttpServerRequest request = context.request();
    String expected = request.getHeader(HttpHeaders.EXPECT);
    if (announced(request) > LIMIT) {
      context.fail(Problems.requestTooLarge(LIMIT));
    } else if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
      context.fail(417);
    } else {
      JsonBody body = new JsonBody(context, memory.share());
      context.put(KEY, body);
      context.addEndHandler(_ -> body.forget());
      body.begin(request, expected != null && request.version() != HttpVersion.HTTP_1_0);
    }
  }

  /** That of {@code context}; empty if its route takes none. */
  static Optional<JsonBody> of(RoutingContext context) {
    return Optional.ofNullable(context.get(KEY));
  }

  private static long announced(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    // Anything else has been refused by the parser.
    return length != null && length.matches("\\d{1,18}") ? Long.parseLong(length) : 0;
  }

  private void begin(HttpServerRequest request, boolean asked) {
    if (request.isEnded()) {
      context.next();
      return;
    }
    request.handler(this::take);
    request.endHandler(_ -> end());
    request.exceptionHandler(context::fail);
    if (asked) {
      var _ = request.response().writeContinue();
    }
  }

  private void take(Buffer piece) {
    keep(piece)
        .ifPresent(problem -> {
          forget();
          context.fail(problem);
        });
  }

  private synchronized Optional<ProblemException> keep(Buffer piece) {
    int size = bytes.length() + piece.length();
    if (forgotten) {
      return Optional.empty();
    }
    if (size > LIMIT) {
      return Optional.of(Problems.requestTooLarge(LIMIT));
    }
    if (!memory.hold(Math.max(0, size - FREE))) {
      return Optional.of(Problems.tooManyBodies());
    }
    bytes.appendBuffer(piece);
    return Optional.empty();
  }

  private void end() {
    if (!isForgotten()) {
      context.next();
    }
  }

  private synchronized boolean isForgotten() {
    return forgotten;
  }

  /** All of it. */
  synchronized byte[] bytes() {
    return bytes.getBytes();
  }

  /** Nobody needs it any more. */
  synchronized void forget() {
    forgotten = true;
    bytes = Buffer.buffer();
    memory.close();
  }
}
