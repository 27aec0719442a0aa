package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.AsyncApi;
import dev.firebuild.protocol.Schemas;
import dev.firebuild.protocol.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What is asked of the coordinator itself. */
final class SystemHandlers {
  private final Metrics metrics;
  private final Supplier<Optional<String>> notReady;
  private final byte[] openApi;
  private final Topics topics;

  /** {@code notReady} says why the coordinator is not ready, if it is not. */
  SystemHandlers(Metrics metrics, Supplier<Optional<String>> notReady, Topics topics)
      throws IOException {
    this.metrics = metrics;
    this.notReady = notReady;
    this.openApi = ApiDescription.bytes();
    this.topics = topics;
  }

  void healthz(Exchange exchange) {
    exchange.json(200, Map.of("status", "ok"));
  }

  void readyz(Exchange exchange) {
    notReady
        .get()
        .ifPresent(reason -> {
          throw Problems.unavailable(reason);
        });
    exchange.json(200, Map.of("status", "ready"));
  }

  void metrics(Exchange exchange) {
    exchange.send(200, Metrics.CONTENT_TYPE, metrics.text().getBytes(StandardCharsets.UTF_8));
  }

  void openapi(Exchange exchange) {
    exchange.send(200, "application/json", openApi);
  }

  void asyncapi(Exchange exchange) {
    exchange.send(200, "application/json", AsyncApi.bytes(topics));
  }

  void schemas(Exchange exchange) {
    exchange.send(200, "application/schema+json", Schemas.bytes());
  }
}
