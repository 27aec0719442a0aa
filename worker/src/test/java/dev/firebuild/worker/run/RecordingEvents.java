package dev.firebuild.worker.run;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.VmEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Keeps what is said, as a reader sees it who drops what it has. */
final class RecordingEvents implements SubjectEvents {
  private final String subject;
  private final String instance;
  private final List<EventData> said = new ArrayList<>();

  RecordingEvents(String subject, String instance) {
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
    said.add(data);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void buildLog(int step, String stream, byte[] bytes) {
    throw new UnsupportedOperationException("a VM has no steps");
  }

  @Override
  public CompletableFuture<Void> vmLog(long offset, String stream, byte[] bytes) {
    return publish(new VmEvent.Log(offset, LogChunk.of(stream, bytes)));
  }

  /** All events without the output. */
  synchronized List<EventData> lifecycle() {
    return said.stream().filter(data -> !(data instanceof VmEvent.Log)).toList();
  }

  /** The names of all events without the output. */
  List<String> names() {
    return lifecycle().stream().map(data -> data.getClass().getSimpleName()).toList();
  }

  <T extends EventData> Optional<T> last(Class<T> type) {
    return lifecycle().reversed().stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** The output up to its first gap. */
  synchronized byte[] output() {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    for (EventData data : said) {
      if (data instanceof VmEvent.Log(long offset, LogChunk chunk)) {
        byte[] bytes = chunk.bytes();
        int known = (int) (output.size() - offset);
        if (known >= 0 && known < bytes.length) {
          output.write(bytes, known, bytes.length - known);
        }
      }
    }
    return output.toByteArray();
  }
}
