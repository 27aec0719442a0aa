package dev.firebuild.systemtest.fault;

import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Tailer;
import dev.firebuild.protocol.document.BuildDocument;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;

/**
 * Every document of a build that was ever written, as a reader of one kind sees them: those of
 * committed transactions, or all.
 */
final class StateLog implements AutoCloseable {
  private final List<Stored> stored = new CopyOnWriteArrayList<>();
  private final Tailer tailer;

  /** A document and where it lies. */
  record Stored(int partition, long offset, BuildDocument document) {}

  StateLog(KafkaSettings settings, IsolationLevel isolation) {
    this.tailer =
        Tailer.start(
            settings,
            "state-" + isolation,
            List.of(Tailer.Subscription.fromBeginning(settings.topics().state())),
            isolation,
            this::onRecord);
  }

  private void onRecord(ConsumerRecord<String, byte[]> record) {
    if (record.value() != null
        && DocumentCodec.decode(record.key(), record.value()).orElse(null)
            instanceof BuildDocument build) {
      stored.add(new Stored(record.partition(), record.offset(), build));
    }
  }

  /** Of the build {@code id}, in their order, all that is there now. */
  List<Stored> of(String id) {
    tailer.readToEnd().orTimeout(30, TimeUnit.SECONDS).join();
    return stored.stream().filter(one -> one.document().id().equals(id)).toList();
  }

  @Override
  public void close() {
    tailer.close();
  }
}
