package dev.firebuild.coordinator.view;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.WorkerDocument;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The fold of the state topic: the latest document of each key. */
public final class DocumentView {
  private final Map<String, BuildDocument> builds = new ConcurrentHashMap<>();
  private final Map<String, VmDocument> vms = new ConcurrentHashMap<>();
  private final Map<String, ImageDocument> images = new ConcurrentHashMap<>();
  private final Map<String, KernelDocument> kernels = new ConcurrentHashMap<>();
  private final Map<String, WorkerDocument> workers = new ConcurrentHashMap<>();

  /**
   * Takes in one record; no value is a tombstone. Keys of other kinds are skipped. Throws {@link
   * IllegalArgumentException} if the value is no document of the key's kind.
   */
  public void apply(String key, Optional<byte[]> value) {
    int slash = key.indexOf('/');
    String kind = slash < 0 ? key : key.substring(0, slash);
    String id = key.substring(slash + 1);
    switch (kind) {
      case "build" -> put(builds, id, value, BuildDocument.class);
      case "vm" -> put(vms, id, value, VmDocument.class);
      case "image" -> put(images, id, value, ImageDocument.class);
      case "kernel" -> put(kernels, id, value, KernelDocument.class);
      case "worker" -> put(workers, id, value, WorkerDocument.class);
      default -> {
        // A later version's document: not ours to show.
      }
    }
  }

  private static <T> void put(
      Map<String, T> documents, String id, Optional<byte[]> value, Class<T> type) {
    if (value.isPresent()) {
      documents.put(id, Json.read(value.get(), type));
    } else {
      documents.remove(id);
    }
  }

  public Optional<BuildDocument> build(String id) {
    return Optional.ofNullable(builds.get(id));
  }

  public Optional<VmDocument> vm(String id) {
    return Optional.ofNullable(vms.get(id));
  }

  public Optional<ImageDocument> image(String reference) {
    return Optional.ofNullable(images.get(reference));
  }

  public Optional<KernelDocument> kernel(String name) {
    return Optional.ofNullable(kernels.get(name));
  }

  public Optional<WorkerDocument> worker(String id) {
    return Optional.ofNullable(workers.get(id));
  }

  public Collection<BuildDocument> builds() {
    return builds.values();
  }

  public Collection<VmDocument> vms() {
    return vms.values();
  }

  public Collection<ImageDocument> images() {
    return images.values();
  }

  public Collection<KernelDocument> kernels() {
    return kernels.values();
  }

  public Collection<WorkerDocument> workers() {
    return workers.values();
  }
}
