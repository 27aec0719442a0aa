package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.feed.EventStream;
import dev.firebuild.coordinator.feed.Position;
import dev.firebuild.coordinator.feed.StoredEvent;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.resource.EventFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** How events travel to a client. */
enum EventFormat implements Passage.Content {
  /** Server-sent events: {@code id} is the position, {@code event} the short type. */
  SSE("text/event-stream", ":\n\n"),
  /** One JSON object per line. */
  NDJSON("application/x-ndjson", "\n");

  /** Beyond it, putting a frame together costs little beside sending it, and keeping it much. */
  private static final int SHARED_BYTES = 4096;

  private final String contentType;
  private final String heartbeat;

  EventFormat(String contentType, String heartbeat) {
    this.contentType = contentType;
    this.heartbeat = heartbeat;
  }

  /** What {@code ?format} names, else what {@code Accept} prefers, else NDJSON. */
  static EventFormat of(Exchange exchange) {
    return exchange
        .query("format")
        .map(text -> Parameters.word(EventFormat.class, "format", text))
        .orElseGet(
            () -> exchange.accepted().filter(SSE.contentType::equals).isPresent() ? SSE : NDJSON);
  }

  @Override
  public String type() {
    return contentType;
  }

  /** What is sent while nothing happens, so that a reader knows the stream from a dead one. */
  private byte[] heartbeat() {
    return heartbeat.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void write(List<EventStream.Item> items, OutputStream out) throws IOException {
    if (items.isEmpty()) {
      out.write(heartbeat());
    }
    for (EventStream.Item item : items) {
      switch (item) {
        case EventStream.Item.Next(Position position, StoredEvent stored) ->
            out.write(frame(position, stored));
        case EventStream.Item.Gap(Position from, Position to) ->
            out.write(
                frame(
                    to.toString(),
                    "gap",
                    Json.bytes(
                        Map.of("type", "gap", "from", from.toString(), "to", to.toString()))));
      }
    }
  }

  /** Readers of one partition stand at the same position after it, and so get the same frame. */
  private byte[] frame(Position position, StoredEvent stored) {
    return position.next().size() == 1 && stored.size() <= SHARED_BYTES
        ? stored.json().frame(this, () -> make(position, stored))
        : make(position, stored);
  }

  private byte[] make(Position position, StoredEvent stored) {
    return frame(
        position.toString(),
        EventType.ofType(stored.event().type())
            .map(EventType::shortName)
            .orElse(stored.event().type()),
        EventFrame.head(position.toString()),
        stored.json().rest());
  }

  private byte[] frame(String id, String name, byte[]... json) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    switch (this) {
      case SSE -> {
        frame.writeBytes(
            "id: %s\nevent: %s\ndata: "
                .formatted(id, oneLine(name))
                .getBytes(StandardCharsets.UTF_8));
        for (byte[] part : json) {
          frame.writeBytes(part);
        }
        frame.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
      }
      case NDJSON -> {
        for (byte[] part : json) {
          frame.writeBytes(part);
        }
        frame.write('\n');
      }
    }
    return frame.toByteArray();
  }

  /** The type of a foreign event may hold anything. */
  private static String oneLine(String name) {
    return name.replaceAll("[\\r\\n]", " ");
  }
}
