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
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The fold of the state topic: the latest document of each key. */
public final class DocumentView {
  private final Map<String, BuildDocument> builds = new ConcurrentHashMap<>();
  private final Map<String, VmDocument> vms = new ConcurrentHashMap<>();
  private final Map<String, ImageDocument> images = new ConcurrentHashMap<>();
  private final Map<String, KernelDocument> kernels = new ConcurrentHashMap<>();
  private final Map<String, NameDocument> names = new ConcurrentHashMap<>();
  private final Map<String, WorkerDocument> workers = new ConcurrentHashMap<>();

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
