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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Events as frames of {@code format}; what readers have in common is made once for all of them. */
record EventFrames(EventFormat format, Metrics metrics) implements Passage.Content {
  /** Beyond it, putting a frame together costs little beside sending it, and keeping it much. */
  private static final int SHARED_BYTES = 4096;

  private static final byte[] END = utf8("\n");

  @Override
  public String type() {
    return format.type();
  }

  @Override
  public void heartbeat(OutputStream out) throws IOException {
    out.write(utf8(format.heartbeat()));
  }

  @Override
  public void write(List<EventStream.Item> items, OutputStream out) throws IOException {
    for (EventStream.Item item : items) {
      switch (item) {
        case EventStream.Item.Next(Position position, StoredEvent stored) ->
            write(position, stored, out);
        case EventStream.Item.Gap(Position from, Position to) -> {
          begin(to.toString(), "gap", out);
          out.write(
              Json.bytes(Map.of("type", "gap", "from", from.toString(), "to", to.toString())));
          end(out);
        }
      }
    }
  }

  /** Readers of one partition stand at the same position after it, and so get the same frame. */
  private void write(Position position, StoredEvent stored, OutputStream out) throws IOException {
    metrics.frameWritten();
    if (position.next().size() == 1 && stored.size() <= SHARED_BYTES) {
      out.write(stored.json().frame(format, () -> frame(position, stored)));
    } else {
      put(position, stored, out);
    }
  }

  private byte[] frame(Position position, StoredEvent stored) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    try {
      put(position, stored, frame);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return frame.toByteArray();
  }

  private void put(Position position, StoredEvent stored, OutputStream out) throws IOException {
    String type = stored.event().type();
    begin(position.toString(), EventType.ofType(type).map(EventType::shortName).orElse(type), out);
    out.write(EventFrame.head(position.toString()));
    out.write(stored.json().rest(metrics::frameEncoded));
    end(out);
  }

  private void begin(String id, String name, OutputStream out) throws IOException {
    if (format == EventFormat.SSE) {
      out.write(utf8("id: %s\nevent: %s\ndata: ".formatted(id, oneLine(name))));
    }
  }

  private void end(OutputStream out) throws IOException {
    out.write(END);
    if (format == EventFormat.SSE) {
      out.write(END);
    }
  }

  /** The type of a foreign event may hold anything. */
  private static String oneLine(String name) {
    return name.replaceAll("[\\r\\n]", " ");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
