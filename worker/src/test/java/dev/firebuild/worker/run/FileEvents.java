package dev.firebuild.worker.run;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.VmEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Events that go to a file, so that they outlive the process that says them. */
final class FileEvents implements SubjectEvents {
  private final Path file;
  private final String subject;
  private final String instance;

  FileEvents(Path file, String subject, String instance) {
    this.file = file;
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
    try {
      Files.writeString(
          file,
          EventType.typeOf(data) + "\t" + Json.text(data) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  /** Everything that was said, also by processes that are gone. */
  List<EventData> said() {
    List<EventData> said = new ArrayList<>();
    try {
      if (Files.exists(file)) {
        String text = Files.readString(file);
        // A process that was killed may leave the beginning of a line.
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
          int tab = line.indexOf('\t');
          EventType type = EventType.ofType(line.substring(0, tab)).orElseThrow();
          said.add(
              Json.read(line.substring(tab + 1).getBytes(StandardCharsets.UTF_8), type.data()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return said;
  }

  /** The names of all events without the output. */
  List<String> names() {
    return said().stream()
        .filter(data -> !(data instanceof VmEvent.Log))
        .map(data -> data.getClass().getSimpleName())
        .toList();
  }

  <T extends EventData> Optional<T> last(Class<T> type) {
    return said().reversed().stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** The output, as a reader has it who drops what he has seen; up to the first gap. */
  String text() {
    return text(_ -> true);
  }

  /** What of it came on {@code stream}. */
  String text(String stream) {
    return text(stream::equals);
  }

  private String text(Predicate<String> stream) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    long end = 0;
    for (EventData data : said()) {
      if (data instanceof VmEvent.Log(long offset, LogChunk chunk)) {
        byte[] bytes = chunk.bytes();
        int known = (int) (end - offset);
        if (known >= 0 && known < bytes.length) {
          end = offset + bytes.length;
          if (stream.test(chunk.stream())) {
            output.write(bytes, known, bytes.length - known);
          }
        }
      }
    }
    return output.toString(StandardCharsets.UTF_8);
  }
}
