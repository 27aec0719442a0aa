package dev.firebuild.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.event.EventType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AsyncApiTest {
  private static final Topics TOPICS = new Topics("mine");

  private final JsonNode document = Json.mapper().readTree(AsyncApi.bytes(TOPICS));

  @Test
  void channelsHaveTheTopicsOfTheInstallation() {
    assertThat(document.path("channels").valueStream().map(c -> c.path("address").asString()))
        .containsExactlyInAnyOrder(
            TOPICS.buildRequests(),
            TOPICS.runRequests(),
            TOPICS.commands(),
            TOPICS.events(),
            TOPICS.state(),
            TOPICS.deadLetters());
  }

  @Test
  void theEventChannelOffersEveryTypeAndNothingElse() {
    assertThat(document.path("channels").path("events").path("messages").propertyNames())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(EventType.values()).map(EventType::shortName).toList());
  }

  @Test
  void aMessageIsKnownByItsTypeHeader() {
    JsonNode message = document.path("components").path("messages").path("build.started");
    assertThat(message.path("name").asString()).isEqualTo("dev.firebuild.build.started.v1");
    assertThat(message.at("/headers/properties/ce_type/const").asString())
        .isEqualTo("dev.firebuild.build.started.v1");
    assertThat(message.path("summary").asString()).isNotEmpty();
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> references = document.findValuesAsString("$ref");
    assertThat(references).hasSizeGreaterThan(EventType.values().length);
    assertThat(references)
        .allSatisfy(reference ->
            assertThat(document.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
  }
}
