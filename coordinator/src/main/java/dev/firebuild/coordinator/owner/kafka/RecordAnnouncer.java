package dev.firebuild.coordinator.owner.kafka;

import dev.firebuild.coordinator.owner.Announcer;
import dev.firebuild.messaging.DeadLetters;
import dev.firebuild.messaging.EventPublisher;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.Event;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Announces by records outside of transactions. */
record RecordAnnouncer(EventPublisher publisher, Topics topics) implements Announcer {
  @Override
  public CompletionStage<?> publish(Event event) {
    return publisher.publish(event);
  }

  @Override
  public CompletionStage<?> append(Work document, int attempt, Optional<String> traceparent) {
    String topic =
        switch (document) {
          case BuildDocument _ -> topics.buildRequests();
          case VmDocument _ -> topics.runRequests();
        };
    return publisher.send(
        RequestCodec.encode(topic, document.id(), request(document), attempt, traceparent));
  }

  @Override
  public CompletionStage<?> bury(Work document, String reason) {
    return publisher.send(
        DeadLetters.of(
            topics.deadLetters(),
            document.id(),
            Json.bytes(request(document)),
            document.key(),
            reason));
  }

  private static Object request(Work document) {
    return switch (document) {
      case BuildDocument build -> build.request();
      case VmDocument vm -> vm.request();
    };
  }
}
