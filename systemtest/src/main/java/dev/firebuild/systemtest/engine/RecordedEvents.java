package dev.firebuild.systemtest.engine;

import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.recordcheck.RecordCheck;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Keeps what a build says. */
public final class RecordedEvents implements SubjectEvents {
  private static final int LOG_LIMIT = 1 << 20;

  private final String subject;
  private final String instance;
  private final List<EventData> events = new ArrayList<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final RecordCheck check = new RecordCheck(Topics.DEFAULT, 1);
  private long logBytes;

  RecordedEvents(String subject, String instance) {
    this.subject = subject;
    this.instance = instance;
  }

  @Override
  public String subject() {
    return subject;
  }

  @Override
  public String instance() {
    return instance;
  }

  @Override
  public synchronized CompletableFuture<Void> publish(EventData data) {
    events.add(data);
    Event event =
        new Event(
            instance + "-" + events.size(),
            "worker",
            subject,
            Instant.EPOCH,
            1,
            instance,
            events.size(),
            data);
    check.see(EventCodec.encode(Topics.DEFAULT.events(), event, Optional.empty()));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized void buildLog(int step, String stream, byte[] bytes) {
    logBytes += bytes.length;
    if (log.size() < LOG_LIMIT) {
      log.writeBytes(bytes);
    }
  }

  @Override
  public CompletableFuture<Void> vmLog(long offset, String stream, byte[] bytes) {
    throw new UnsupportedOperationException("a build is no VM");
  }

  /** Throws if one of them is not as it is documented. */
  void requireDocumented() {
    check.requireClean();
  }

  /** Everything but the log, in order. */
  public synchronized List<EventData> events() {
    return List.copyOf(events);
  }

  /** Events of one kind, in order. */
  public <T extends EventData> List<T> events(Class<T> type) {
    return events().stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The terminal events: exactly one is right. */
  public List<EventData> ends() {
    return events().stream()
        .filter(event ->
            event instanceof BuildEvent.Succeeded
                || event instanceof BuildEvent.Failed
                || event instanceof BuildEvent.Cancelled)
        .toList();
  }

  /** The beginning of the output of all steps. */
  public synchronized String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  /** How many bytes of output there were. */
  public synchronized long logBytes() {
    return logBytes;
  }
}
