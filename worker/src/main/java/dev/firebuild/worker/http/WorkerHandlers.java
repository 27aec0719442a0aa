package dev.firebuild.worker.http;

import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.protocol.resource.ProblemException;
import dev.firebuild.worker.guest.kernel.Kernel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the worker answers, each on a virtual thread of its own. */
final class WorkerHandlers {
  private static final String JSON = "application/json";

  private final WorkerParts parts;
  private final HttpPatience patience;

  WorkerHandlers(WorkerParts parts, HttpPatience patience) {
    this.parts = parts;
    this.patience = patience;
  }

  void health(RoutingContext context) {
    send(context, JSON, Json.bytes(parts.health().get()));
  }

  void manifest(RoutingContext context) throws IOException {
    send(context, JSON, Json.bytes(parts.images().manifest(digest(context))));
  }

  void export(RoutingContext context) throws IOException, InterruptedException {
    Digest digest = digest(context);
    // Looked up before the answer begins: later there is no other way to refuse than to break off.
    var _ = parts.images().layers(parts.images().manifest(digest));
    HttpServerResponse response = context.response();
    response.setChunked(true).putHeader("Content-Type", "application/x-tar");
    ResponseStream out = new ResponseStream(response, patience.write());
    parts.export().export(digest, out);
    out.end();
  }

  void kernel(RoutingContext context) throws IOException {
    String name = parameter(context, "name");
    if (!Ids.isValid(name)) {
      throw notFound("there is no kernel " + Text.quote(name));
    }
    Kernel kernel =
        parts.kernels().find(name).orElseThrow(() -> notFound(parts.kernels().absence(name)));
    send(context, JSON, Files.readAllBytes(kernel.directory().resolve("manifest.json")));
  }

  void console(RoutingContext context) throws IOException {
    String id = parameter(context, "id");
    Path console =
        parts
            .console()
            .apply(id)
            .orElseThrow(() ->
                notFound("this worker holds no VM %s with a console".formatted(Text.quote(id))));
    send(context, "text/plain; charset=utf-8", Files.readAllBytes(console));
  }

  private static Digest digest(RoutingContext context) {
    try {
      return new Digest(parameter(context, "digest"));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          Problem.of(
              400, "malformed", "The request cannot be read", String.valueOf(e.getMessage())));
    }
  }

  static ProblemException notFound(String detail) {
    return new ProblemException(Problem.of(404, "not-found", "Not found", detail));
  }

  private static String parameter(RoutingContext context, String name) {
    return Optional.ofNullable(context.pathParam(name))
        .orElseThrow(() -> new IllegalStateException("the route has no parameter " + name));
  }

  private static void send(RoutingContext context, String type, byte[] bytes) {
    var _ =
        context
            .response()
            .putHeader("Content-Type", type)
            .putHeader("X-Content-Type-Options", "nosniff")
            .end(Buffer.buffer(bytes));
  }
}
