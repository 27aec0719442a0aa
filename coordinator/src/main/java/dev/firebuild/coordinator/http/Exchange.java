package dev.firebuild.coordinator.http;

import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.ProblemException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

/** One request and its response, for plain blocking code. */
final class Exchange {
  private static final int PIECE = 256 * 1024;

  private final RoutingContext context;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Optional<RequestBody> body;
  private final BodyMemory memory;
  private final Duration bodyPatience;
  private final Context loop;
  private final Outflow outflow;

  /** {@code streams}: the body is read as it comes; on the event loop, before anything of it. */
  Exchange(RoutingContext context, boolean streams, HttpPatience patience, BodyMemory memory) {
    this.context = context;
    this.request = context.request();
    this.response = context.response();
    this.body = streams ? Optional.of(new RequestBody(request, patience.body())) : Optional.empty();
    this.memory = memory;
    this.bodyPatience = patience.body();
    this.outflow = new Outflow(context, patience.write());
    this.loop = context.vertx().getOrCreateContext();
  }

  /** The part of the path that the route calls {@code name}, decoded. */
  String path(String name) {
    return Optional.ofNullable(context.pathParam(name))
        .orElseThrow(() -> new IllegalStateException("the route has no parameter " + name));
  }

  /** The value of the parameter {@code name}, which may come once. */
  Optional<String> query(String name) {
    return Parameters.value(name, queries(name));
  }

  /** All values of the parameter {@code name}, as they come. */
  List<String> queries(String name) {
    return context.queryParam(name);
  }

  /** Whether the parameter {@code name} is given as true; throws a problem for another word. */
  boolean flag(String name, boolean otherwise) {
    return switch (query(name).orElse(Boolean.toString(otherwise))) {
      case "", "1", "true" -> true;
      case "0", "false" -> false;
      default -> throw Problems.malformed("the parameter " + name + " must be true or false");
    };
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeader(name));
  }

  /** What the answer shall be in: of the route's media types the one that the client prefers. */
  Optional<String> accepted() {
    return Optional.ofNullable(context.getAcceptableContentType());
  }

  /** The JSON body as a {@code type}; {@code otherwise} if there is none. */
  <T> T json(Class<T> type, Optional<T> otherwise) {
    return jsonBody()
        .map(bytes -> Json.read(bytes, type))
        .or(() -> otherwise)
        .orElseThrow(Exchange::noBody);
  }

  /** The JSON body, whole. */
  byte[] bytes() {
    return jsonBody().orElseThrow(Exchange::noBody);
  }

  private Optional<byte[]> jsonBody() {
    return JsonBody.of(context).map(JsonBody::bytes).filter(bytes -> bytes.length > 0);
  }

  private static ProblemException noBody() {
    return Problems.malformed("the request needs a JSON body");
  }

  /** The JSON body is not asked for again; the answer may take a while. */
  void forgetBody() {
    JsonBody.of(context).ifPresent(JsonBody::forget);
  }

  /** The announced length of the body; -1 if the client does not say. */
  long contentLength() {
    try {
      return header("Content-Length").map(Long::parseLong).orElse(-1L);
    } catch (NumberFormatException e) {
      throw Problems.malformed("the header Content-Length is no number");
    }
  }

  /** The body as it comes. */
  InputStream body() {
    return body.orElseThrow(() -> new IllegalStateException("the route takes no stream"));
  }

  /** The body as it comes, in lines of at most {@code limit} bytes. */
  LineReader lines(int limit) {
    return new LineReader(body(), limit, memory, bodyPatience);
  }

  Exchange with(String header, String value) {
    response.putHeader(header, value);
    return this;
  }

  /** Answers with {@code value} as JSON. */
  void json(int status, Object value) {
    send(status, "application/json", Json.bytes(value));
  }

  /**
   * Answers 202 as soon as what was asked for is a {@code durable} record, or with the problem that
   * it is none. Returns at once: no thread wakes up between the record and its answer but the one
   * that sends it.
   */
  void accept(Accepted accepted, CompletableFuture<?> durable) {
    Buffer bytes = Buffer.buffer(Json.bytes(accepted));
    var _ =
        durable.whenComplete((_, failure) ->
            onLoop(() -> {
              if (failure == null) {
                with("Location", accepted.url())
                    .response
                    .setStatusCode(202)
                    .putHeader("Content-Type", "application/json");
                outflow.watch(response.end(bytes));
              } else {
                context.fail(failure instanceof CompletionException e ? e.getCause() : failure);
              }
            }));
  }

  private void onLoop(Runnable task) {
    try {
      loop.runOnContext(_ -> task.run());
    } catch (RejectedExecutionException _) {
      // The server has ended, and the connection with it.
    }
  }

  /** Answers without a body. */
  void empty(int status) {
    response.setStatusCode(status);
    finish(response.end());
  }

  void send(int status, String contentType, byte[] bytes) {
    response.setStatusCode(status).putHeader("Content-Type", contentType);
    finish(response.end(Buffer.buffer(bytes)));
  }

  /** Answers with a stretch of {@code file}, in pieces: each shows that the client takes more. */
  void sendFile(int status, Path file, long offset, long length) throws IOException {
    response.setStatusCode(status).putHeader("Content-Length", Long.toString(length));
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(offset);
      for (long left = length; left > 0; ) {
        byte[] piece = in.readNBytes((int) Math.min(left, PIECE));
        if (piece.length == 0) {
          throw new EOFException(file + " became shorter while it was sent");
        }
        if (!write(piece)) {
          return;
        }
        left -= piece.length;
      }
    }
    end();
  }

  /** Begins an answer of unknown length. */
  void begin(String contentType) {
    response.setStatusCode(200).setChunked(true).putHeader("Content-Type", contentType);
    response.putHeader("Cache-Control", "no-store");
    // The client sees at once that it is connected, also while nothing happens.
    finish(response.writeHead());
  }

  /** Writes a piece as soon as the client takes more; false: it has gone away. */
  boolean write(byte[] piece) {
    return outflow.write(Buffer.buffer(piece));
  }

  void end() {
    if (!isClosed()) {
      finish(response.end());
    }
  }

  /** Where pieces of the answer go. */
  Outflow outflow() {
    return outflow;
  }

  boolean isClosed() {
    return outflow.isClosed();
  }

  /** Calls {@code then} when the client has its answer, or has gone away. */
  void whenClosed(Runnable then) {
    outflow.whenClosed(then);
  }

  private void finish(Future<?> answer) {
    var _ = outflow.await(answer);
  }
}
