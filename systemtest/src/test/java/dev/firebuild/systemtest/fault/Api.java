package dev.firebuild.systemtest.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.protocol.Json;
import dev.firebuild.systemtest.queue.Installation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** What the HTTP API of {@code coordinator} tells of a build. */
record Api(Coordinator coordinator) {
  /** It has succeeded in {@code attempt}, by {@code worker}, and has told one end. */
  void showsAnEndOf(String build, int attempt, String worker) throws Exception {
    await()
        .atMost(Installation.PATIENCE)
        .untilAsserted(() -> {
          var shown = Json.mapper().readTree(get("/v1/builds/" + build));
          assertThat(shown.path("phase").asString()).isEqualTo("succeeded");
          assertThat(shown.path("attempt").asInt()).isEqualTo(attempt);
          assertThat(shown.path("assignment").path("claim").path("worker").asString())
              .isEqualTo(worker);
        });
    List<String> types =
        get("/v1/builds/%s/events?follow=false&format=ndjson".formatted(build))
            .lines()
            .filter(line -> !line.isBlank())
            .map(line -> Json.mapper().readTree(line).path("type").asString())
            .toList();
    assertThat(types).filteredOn(type -> type.contains("build.succeeded")).hasSize(1);
  }

  private String get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(coordinator.url() + path))
                  .header("Authorization", "Bearer " + Ground.TOKEN)
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
