package dev.firebuild.cli.output;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.UnknownEvent;
import dev.firebuild.protocol.event.VmEvent;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;

/** An event as one line for people: time, type, subject, what it says. */
public final class EventLine {
  private static final int LONGEST = 300;

  private EventLine() {}

  /** The line of {@code event}. */
  public static String of(Event event) {
    return "%s %s %s %s"
        .formatted(
            event.time().truncatedTo(ChronoUnit.MILLIS),
            Text.clean(
                EventType.ofType(event.type()).map(EventType::shortName).orElse(event.type())),
            Text.clean(event.subject()),
            Text.cut(Text.clean(said(event)), LONGEST))
        .stripTrailing();
  }

  private static String said(Event event) {
    return switch (event.data()) {
      case BuildEvent.Log log -> text(log.chunk());
      case VmEvent.Log log -> text(log.chunk());
      case UnknownEvent(String _, String json) -> json;
      default -> Json.text(event.data());
    };
  }

  private static String text(LogChunk chunk) {
    return new String(chunk.bytes(), StandardCharsets.UTF_8).stripTrailing();
  }
}
