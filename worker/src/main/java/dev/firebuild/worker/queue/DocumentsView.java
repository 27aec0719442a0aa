package dev.firebuild.worker.queue;

import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Tailer;
import dev.firebuild.protocol.Reference;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;

/**
 * The documents as this worker sees them: one tailer for all slots. Settled builds are forgotten;
 * nobody here asks for them.
 */
final class DocumentsView implements Lookups, AutoCloseable {
  private final Map<String, Document> documents = new ConcurrentHashMap<>();
  private final Map<String, List<Consumer<Work>>> watchers = new ConcurrentHashMap<>();
  private final Tailer tailer;

  DocumentsView(KafkaSettings settings, String worker) {
    this.tailer =
        Tailer.start(
            settings,
            worker + "-documents",
            List.of(Tailer.Subscription.fromBeginning(settings.topics().state())),
            IsolationLevel.READ_COMMITTED,
            this::onRecord);
  }

  private void onRecord(ConsumerRecord<String, byte[]> record) {
    String key = record.key();
    if (key == null) {
      return;
    }
    if (record.value() == null) {
      documents.remove(key);
      return;
    }
    DocumentCodec.decode(key, record.value()).ifPresent(document -> put(key, document));
  }

  private void put(String key, Document document) {
    documents.put(key, document);
    if (document instanceof Work work) {
      for (Consumer<Work> watcher : watchers.getOrDefault(key, List.of())) {
        watcher.accept(work);
      }
      if (work.endedAt().isPresent() && !(work instanceof VmDocument)) {
        documents.remove(key);
      }
    }
  }

  /** Completes when all documents are read that were there at the start. */
  CompletableFuture<Void> caughtUp() {
    return tailer.caughtUp();
  }

  /** Calls {@code watcher} with each later document of {@code key}, on the tailer's thread. */
  AutoCloseable watch(String key, Consumer<Work> watcher) {
    watchers.compute(
        key,
        (_, all) -> {
          List<Consumer<Work>> more = all == null ? new CopyOnWriteArrayList<>() : all;
          more.add(watcher);
          return more;
        });
    return () ->
        watchers.computeIfPresent(
            key,
            (_, all) -> {
              all.remove(watcher);
              return all.isEmpty() ? null : all;
            });
  }

  /** The build or VM of {@code key}, as far as it is known. */
  Optional<Work> work(String key) {
    return documents.get(key) instanceof Work work ? Optional.of(work) : Optional.empty();
  }

  /** All VMs that are assigned to {@code worker}. */
  List<VmDocument> vmsOf(String worker) {
    return all(VmDocument.class).stream()
        .filter(vm -> vm.assignment().filter(to -> to.claim().worker().equals(worker)).isPresent())
        .toList();
  }

  @Override
  public Optional<ImageDocument> image(Reference reference) {
    return documents.get(ImageDocument.key(reference.toString())) instanceof ImageDocument image
        ? Optional.of(image)
        : Optional.empty();
  }

  @Override
  public List<ImageDocument> images() {
    return all(ImageDocument.class);
  }

  @Override
  public Optional<KernelDocument> kernel(String name) {
    return documents.get(KernelDocument.key(name)) instanceof KernelDocument kernel
        ? Optional.of(kernel)
        : Optional.empty();
  }

  @Override
  public List<KernelDocument> kernels() {
    return all(KernelDocument.class);
  }

  private <T> List<T> all(Class<T> type) {
    return documents.values().stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public void close() {
    tailer.close();
  }
}
