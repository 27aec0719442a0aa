package dev.firebuild.coordinator.view;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.decision.KernelChoice;
import dev.firebuild.protocol.decision.NameDecisions;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.WorkerDocument;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.protocol.resource.BuildResource;
import dev.firebuild.protocol.resource.ImageResource;
import dev.firebuild.protocol.resource.KernelResource;
import dev.firebuild.protocol.resource.VmResource;
import dev.firebuild.protocol.resource.WorkerResource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All views of one coordinator, joined into what the API shows. */
public final class Views {
  private static final int SUBJECT_LIMIT = 100_000;
  private static final Comparator<VmResource> NEWEST_VM =
      Comparator.comparing(VmResource::createdAt).reversed().thenComparing(VmResource::id);

  private final DocumentView documents = new DocumentView();
  private final QueueView<BuildRequest> buildQueue = new QueueView<>();
  private final QueueView<RunRequest> runQueue = new QueueView<>();
  private final NameIndex names = new NameIndex();
  private final WorkerView workers = new WorkerView();
  private final SubjectIndex subjects = new SubjectIndex(SUBJECT_LIMIT);
  private final Object changed = new Object();
  private int waiting;

  public DocumentView documents() {
    return documents;
  }

  public QueueView<BuildRequest> buildQueue() {
    return buildQueue;
  }

  public QueueView<RunRequest> runQueue() {
    return runQueue;
  }

  public WorkerView workers() {
    return workers;
  }

  public SubjectIndex subjects() {
    return subjects;
  }

  /** Takes in the new version of a document. */
  public void apply(Document document) {
    documents.apply(document);
    switch (document) {
      case BuildDocument build -> buildQueue.remove(build.id());
      case VmDocument vm -> {
        vm.request().name().ifPresent(name -> names.add(name, vm.id()));
        runQueue.remove(vm.id());
      }
      case ImageDocument _, KernelDocument _, NameDocument _, WorkerDocument _ -> {
        // Nothing is queued under their keys.
      }
    }
  }

  /** Takes in the tombstone of {@code key}. */
  public void removeDocument(String key) {
    documents
        .vmOfKey(key)
        .ifPresent(vm -> vm.request().name().ifPresent(name -> names.remove(name, vm.id())));
    documents.remove(key);
  }

  /** A build request lies in the queue. */
  public void applyRequest(String id, BuildRequest request, Instant at) {
    if (documents.build(id).isEmpty()) {
      buildQueue.add(id, request, at);
      // The document may have come in between; it is the tail that writes it.
      documents.build(id).ifPresent(_ -> buildQueue.remove(id));
    }
  }

  /** A run request lies in the queue. */
  public void applyRequest(String id, RunRequest request, Instant at) {
    if (documents.vm(id).isEmpty()) {
      request.name().ifPresent(name -> names.add(name, id));
      runQueue.add(id, request, at);
      documents.vm(id).ifPresent(_ -> runQueue.remove(id));
    }
  }

  /** Wakes those who wait; called after each batch of changes. */
  public void signal() {
    synchronized (changed) {
      changed.notifyAll();
    }
  }

  /** What {@code search} finds, now or as soon as it does within {@code patience}. */
  public <T> Optional<T> await(Supplier<Optional<T>> search, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (changed) {
      waiting++;
      try {
        while (true) {
          Optional<T> found = search.get();
          long left = (deadline - System.nanoTime()) / 1_000_000;
          if (found.isPresent() || left <= 0) {
            return found;
          }
          changed.wait(left);
        }
      } finally {
        waiting--;
      }
    }
  }

  /** How many wait for a change. */
  public int waiting() {
    synchronized (changed) {
      return waiting;
    }
  }

  public Optional<BuildResource> build(String id) {
    return documents
        .build(id)
        .map(BuildResource::of)
        .or(() ->
            buildQueue
                .find(id)
                .map(queued -> BuildResource.queued(id, queued.request(), queued.at())));
  }

  /** All builds, the newest first. */
  public List<BuildResource> builds() {
    return Stream.concat(
            documents.builds().stream().map(BuildResource::of),
            buildQueue.all().stream()
                .filter(queued -> documents.build(queued.id()).isEmpty())
                .map(queued -> BuildResource.queued(queued.id(), queued.request(), queued.at())))
        .sorted(
            Comparator.comparing(BuildResource::createdAt)
                .reversed()
                .thenComparing(BuildResource::id))
        .toList();
  }

  /** The uploads that builds need which have not ended. */
  public Set<Digest> neededBlobs() {
    return builds().stream()
        .filter(build -> !build.phase().isSettled())
        .flatMap(build -> build.request().source().blob().stream())
        .collect(Collectors.toSet());
  }

  /**
   * The VM with this id or name; of those that want the name it is the one that has it, else the
   * newest that is not removed.
   */
  public Optional<VmResource> vm(String idOrName) {
    return vmOfId(idOrName).or(() -> named(idOrName)).or(() -> wanting(idOrName).findFirst());
  }

  /** The VM with this id. */
  public Optional<VmResource> vmOfId(String id) {
    return documents
        .vm(id)
        .map(VmResource::of)
        .or(() ->
            runQueue.find(id).map(queued -> VmResource.queued(id, queued.request(), queued.at())));
  }

  /** The VM that has {@code name}, or will have it as far as is known here. */
  public Optional<VmResource> named(String name) {
    return documents
        .name(name)
        .flatMap(document -> documents.vm(document.vm()))
        .filter(vm -> NameDecisions.holder(Optional.of(vm)) == NameDecisions.Holder.HOLDS)
        .map(VmResource::of)
        .or(() -> wanting(name).filter(vm -> !vm.phase().isSettled()).findFirst());
  }

  /** The VMs that are not removed and want {@code name}, the newest first. */
  private Stream<VmResource> wanting(String name) {
    return names.find(name).stream()
        .flatMap(id -> vmOfId(id).stream())
        .filter(vm -> vm.phase() != VmDocument.Phase.REMOVED)
        .sorted(NEWEST_VM);
  }

  /** All VMs that are not removed, the newest first. */
  public List<VmResource> vms() {
    return Stream.concat(
            documents.vms().stream().map(VmResource::of),
            runQueue.all().stream()
                .filter(queued -> documents.vm(queued.id()).isEmpty())
                .map(queued -> VmResource.queued(queued.id(), queued.request(), queued.at())))
        .filter(vm -> vm.phase() != VmDocument.Phase.REMOVED)
        .sorted(NEWEST_VM)
        .toList();
  }

  public Optional<ImageDocument> image(String reference) {
    return documents.image(reference);
  }

  /** All images, by reference. */
  public List<ImageResource> images() {
    return documents.images().stream()
        .map(ImageResource::of)
        .sorted(Comparator.comparing(ImageResource::reference))
        .toList();
  }

  /** All kernels, by name. */
  public List<KernelResource> kernels() {
    return documents.kernels().stream()
        .map(this::kernel)
        .sorted(Comparator.comparing(KernelResource::name))
        .toList();
  }

  /** What {@code kernel} is among all kernels. */
  public KernelResource kernel(KernelDocument kernel) {
    boolean byDefault =
        KernelChoice.byDefault(documents.kernels())
            .filter(chosen -> chosen.name().equals(kernel.name()))
            .isPresent();
    return KernelResource.of(kernel, byDefault);
  }

  /** Something that has not ended and boots {@code kernel}, or will: as people name it. */
  public Optional<String> userOf(KernelDocument kernel) {
    return Stream.concat(
            vms().stream()
                .filter(vm -> !vm.phase().isSettled())
                .filter(vm -> boots(vm.request().kernel(), kernel))
                .map(vm -> "the VM " + vm.id()),
            builds().stream()
                .filter(build -> !build.phase().isSettled())
                .filter(build -> !(build.request().source() instanceof Source.Kernel))
                .filter(build -> boots(build.request().kernel(), kernel))
                .map(build -> "the build " + build.id()))
        .findFirst();
  }

  private boolean boots(Optional<String> asked, KernelDocument kernel) {
    return KernelChoice.find(asked.orElse(KernelChoice.DEFAULT), documents.kernels())
        .filter(chosen -> chosen.name().equals(kernel.name()))
        .isPresent();
  }

  /** All workers, by id. */
  public List<WorkerResource> allWorkers() {
    return documents.workers().stream()
        .map(this::worker)
        .sorted(Comparator.comparing(WorkerResource::id))
        .toList();
  }

  private WorkerResource worker(WorkerDocument document) {
    return workers
        .find(document.id())
        .map(seen -> WorkerResource.of(document.id(), document.state(), seen.info(), seen.at()))
        .orElseGet(() ->
            WorkerResource.of(
                document.id(), document.state(), document.info(), document.changedAt()));
  }

  /** The HTTP address of {@code worker}, if it ever said one. */
  public Optional<String> workerUrl(String worker) {
    return workers
        .find(worker)
        .map(seen -> seen.info().url())
        .or(() -> documents.worker(worker).map(document -> document.info().url()))
        .filter(url -> !url.isEmpty());
  }
}
