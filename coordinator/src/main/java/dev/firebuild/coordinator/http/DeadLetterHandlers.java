package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.feed.Letters;
import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.DeadLetterMark;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.BuildResource;
import dev.firebuild.protocol.resource.DeadLetterResource;
import dev.firebuild.protocol.resource.DeadLetterResource.State;
import dev.firebuild.protocol.resource.VmResource;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** {@code /v1/dead-letters}. */
final class DeadLetterHandlers {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final String PATH = "/v1/dead-letters/";

  /** More of a value is not kept. */
  private static final int KEPT = 1 << 20;

  private final Views views;
  private final Letters letters;
  private final RecordLog log;
  private final Topics topics;

  DeadLetterHandlers(Views views, Letters letters, RecordLog log, Topics topics) {
    this.views = views;
    this.letters = letters;
    this.log = log;
    this.topics = topics;
  }

  void list(Exchange exchange) {
    Listings.DEAD_LETTERS.answer(exchange, place -> views.letters().after(place).stream());
  }

  void get(Exchange exchange) throws InterruptedException {
    DeadLetterResource letter = find(exchange);
    byte[] value = value(letter);
    Optional<String> text = text(value);
    exchange.json(
        200,
        letter.with(
            text,
            text.isPresent()
                ? Optional.empty()
                : Optional.of(Base64.getEncoder().encodeToString(value))));
  }

  /** Sends it again, as it was or as the body says. */
  void resubmit(Exchange exchange) throws InterruptedException {
    DeadLetterResource letter = find(exchange);
    requireOpen(letter);
    Optional<JsonNode> corrected =
        Optional.of(exchange.json(JsonNode.class, Optional.of(Json.mapper().nullNode())))
            .filter(JsonNode::isObject);
    if (corrected.isEmpty() && letter.size() > KEPT) {
      throw Problems.invalid(
          "invalid-request",
          "of the letter %s only the beginning is kept; send the whole request as the body"
              .formatted(letter.id()));
    }
    byte[] value = corrected.map(Json::bytes).orElseGet(() -> value(letter));
    Resubmission again = Resubmission.of(letter, value, topics);
    requireNoOther(again);
    // The request first: if the mark fails, doing it again sends the same id.
    Instant at = log.append(again.topic(), again.id(), Json.bytes(again.request()));
    switch (again.request()) {
      case BuildRequest request -> views.applyRequest(again.id(), request, at);
      case RunRequest request -> views.applyRequest(again.id(), request, at);
      default -> {
        // A command is no subject of its own.
      }
    }
    mark(DeadLetterMark.resubmitted(letter.id(), again.id()));
    exchange.with("Location", again.url()).json(202, new Accepted(again.id(), again.url()));
  }

  void drop(Exchange exchange) throws InterruptedException {
    DeadLetterResource letter = find(exchange);
    requireOpen(letter);
    mark(DeadLetterMark.dropped(letter.id()));
    exchange.json(202, new Accepted(letter.id(), PATH + letter.id()));
  }

  private void mark(DeadLetterMark mark) {
    log.append(topics.deadLetters(), mark.letter(), Json.bytes(mark));
    views.letters().apply(mark);
  }

  /** Its id may be in use meanwhile: then it would be void, and nobody would hear of it. */
  private void requireNoOther(Resubmission again) {
    Optional<?> known =
        switch (again.request()) {
          case BuildRequest _ -> views.build(again.id()).map(BuildResource::request);
          case RunRequest _ -> views.vm(again.id()).map(VmResource::request);
          default -> Optional.empty();
        };
    if (known.filter(request -> !request.equals(again.request())).isPresent()) {
      throw Problems.conflict(
          "id-in-use",
          "%s exists with another request; send a body with another id".formatted(again.id()));
    }
  }

  private static void requireOpen(DeadLetterResource letter) {
    if (letter.state() != State.OPEN) {
      throw Problems.conflict(
          "already-done",
          "somebody has dealt with the letter %s already: it was %s"
              .formatted(
                  letter.id(),
                  letter
                      .as()
                      .map("sent again as %s"::formatted)
                      .orElseGet(() -> letter.state().name().toLowerCase(java.util.Locale.ROOT))));
    }
  }

  private byte[] value(DeadLetterResource letter) {
    return letters
        .value(letter.id())
        .orElseThrow(() -> Problems.notFound("dead letter", letter.id()));
  }

  private static Optional<String> text(byte[] value) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private DeadLetterResource find(Exchange exchange) throws InterruptedException {
    String id = exchange.path("id");
    return views
        .await(() -> views.letters().find(id), PATIENCE)
        .orElseThrow(() -> Problems.notFound("dead letter", id));
  }
}
