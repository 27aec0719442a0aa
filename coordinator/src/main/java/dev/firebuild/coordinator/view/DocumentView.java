package dev.firebuild.coordinator.view;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.WorkerDocument;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The fold of the state topic: the latest document of each key. */
public final class DocumentView {
  private final Map<String, BuildDocument> builds = new ConcurrentHashMap<>();
  private final Map<String, VmDocument> vms = new ConcurrentHashMap<>();
  private final NavigableMap<String, ImageDocument> images = new ConcurrentSkipListMap<>();
  private final NavigableMap<String, KernelDocument> kernels = new ConcurrentSkipListMap<>();
  private final Map<String, NameDocument> names = new ConcurrentHashMap<>();
  private final NavigableMap<String, WorkerDocument> workers = new ConcurrentSkipListMap<>();

  /** Takes in the new version of a document. */
  public void apply(Document document) {
    switch (document) {
      case BuildDocument build -> builds.put(build.key(), build);
      case VmDocument vm -> vms.put(vm.key(), vm);
      case ImageDocument image -> images.put(image.key(), image);
      case KernelDocument kernel -> kernels.put(kernel.key(), kernel);
      case NameDocument name -> names.put(name.key(), name);
      case WorkerDocument worker -> workers.put(worker.key(), worker);
    }
  }

  /** Takes in a tombstone. */
  public void remove(String key) {
    builds.remove(key);
    vms.remove(key);
    images.remove(key);
    kernels.remove(key);
    names.remove(key);
    workers.remove(key);
  }

  public Optional<BuildDocument> build(String id) {
    return Optional.ofNullable(builds.get(BuildDocument.key(id)));
  }

  public Optional<VmDocument> vm(String id) {
    return Optional.ofNullable(vms.get(VmDocument.key(id)));
  }

  Optional<BuildDocument> buildOfKey(String key) {
    return Optional.ofNullable(builds.get(key));
  }

  Optional<VmDocument> vmOfKey(String key) {
    return Optional.ofNullable(vms.get(key));
  }

  public Optional<ImageDocument> image(String reference) {
    return Optional.ofNullable(images.get(ImageDocument.key(reference)));
  }

  public Optional<KernelDocument> kernel(String name) {
    return Optional.ofNullable(kernels.get(KernelDocument.key(name)));
  }

  public Optional<NameDocument> name(String name) {
    return Optional.ofNullable(names.get(NameDocument.key(name)));
  }

  public Optional<WorkerDocument> worker(String id) {
    return Optional.ofNullable(workers.get(WorkerDocument.key(id)));
  }

  public Collection<ImageDocument> images() {
    return images.values();
  }

  /** By reference; those after {@code reference}, if there is one. */
  Collection<ImageDocument> imagesAfter(Optional<String> reference) {
    return after(images, reference.map(ImageDocument::key));
  }

  public Collection<KernelDocument> kernels() {
    return kernels.values();
  }

  /** By name; those after {@code name}, if there is one. */
  Collection<KernelDocument> kernelsAfter(Optional<String> name) {
    return after(kernels, name.map(KernelDocument::key));
  }

  public Collection<WorkerDocument> workers() {
    return workers.values();
  }

  /** By id; those after {@code id}, if there is one. */
  Collection<WorkerDocument> workersAfter(Optional<String> id) {
    return after(workers, id.map(WorkerDocument::key));
  }

  private static <T> Collection<T> after(NavigableMap<String, T> all, Optional<String> key) {
    return key.map(last -> all.tailMap(last, /* inclusive= */ false)).orElse(all).values();
  }
}
