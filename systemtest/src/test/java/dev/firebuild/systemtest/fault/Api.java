package dev.firebuild.systemtest.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.resource.BuildResource;
import dev.firebuild.recordcheck.CheckedClient;
import dev.firebuild.systemtest.queue.Installation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the HTTP API of {@code coordinator} tells of builds. */
record Api(Coordinator coordinator) {
  /** It shows {@code document}, and of its events those that every reader believes. */
  void agreesWith(Ground ground, BuildDocument document) throws Exception {
    String path = "/v1/builds/" + document.id();
    await()
        .atMost(Installation.PATIENCE)
        .untilAsserted(() ->
            assertThat(Json.read(get(path).getBytes(StandardCharsets.UTF_8), BuildResource.class))
                .isEqualTo(BuildResource.of(document)));
    List<String> shown =
        get(path + "/events?follow=false&format=ndjson")
            .lines()
            .filter(line -> !line.isBlank())
            .map(line -> Json.mapper().readTree(line).path("type").asString())
            .toList();
    assertThat(shown)
        .isEqualTo(ground.all.believed(document.id()).stream().map(EventType::typeOf).toList());
  }

  private String get(String path) throws IOException, InterruptedException {
    try (HttpClient client = CheckedClient.of(HttpClient.newHttpClient())) {
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
