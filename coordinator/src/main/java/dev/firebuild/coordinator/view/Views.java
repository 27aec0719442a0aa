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

  /** Dead letters that are shown. */
  public static final int LETTER_LIMIT = 10_000;

  private final DocumentView documents = new DocumentView();
  private final QueueView<BuildRequest> buildQueue = new QueueView<>();
  private final QueueView<RunRequest> runQueue = new QueueView<>();
  private final Timeline builds = new Timeline();
  private final Timeline vms = new Timeline();
  private final NameIndex names = new NameIndex();
  private final WorkerView workers = new WorkerView();
  private final SubjectIndex subjects = new SubjectIndex(SUBJECT_LIMIT);
  private final LetterView letters = new LetterView(LETTER_LIMIT);
  private final Changes changes = new Changes();

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

  public LetterView letters() {
    return letters;
  }

  /** Takes in the new version of a document. */
  public void apply(Document document) {
    documents.apply(document);
    switch (document) {
      case BuildDocument build -> {
        builds.add(build.id(), build.createdAt());
        buildQueue.remove(build.id());
      }
      case VmDocument vm -> {
        vms.add(vm.id(), vm.createdAt());
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
    Optional<VmDocument> vm = documents.vmOfKey(key);
    Optional<BuildDocument> build = documents.buildOfKey(key);
    vm.ifPresent(gone -> gone.request().name().ifPresent(name -> names.remove(name, gone.id())));
    documents.remove(key);
    build.ifPresent(gone -> forget(builds, buildQueue, gone.id()));
    vm.ifPresent(gone -> forget(vms, runQueue, gone.id()));
  }

  /** The id may be asked for anew meanwhile. */
  private static void forget(Timeline timeline, QueueView<?> queue, String id) {
    timeline.remove(id);
    queue.find(id).ifPresent(queued -> timeline.add(id, queued.at()));
  }

  /** A build request lies in the queue. */
  public void applyRequest(String id, BuildRequest request, Instant at) {
    if (documents.build(id).isEmpty()) {
      buildQueue.add(id, request, at);
      builds.add(id, at);
      // The document may have come in between; it is the tail that writes it.
      documents.build(id).ifPresent(_ -> buildQueue.remove(id));
    }
  }

  /** A run request lies in the queue. */
  public void applyRequest(String id, RunRequest request, Instant at) {
    if (documents.vm(id).isEmpty()) {
      request.name().ifPresent(name -> names.add(name, id));
      runQueue.add(id, request, at);
      vms.add(id, at);
      documents.vm(id).ifPresent(_ -> runQueue.remove(id));
    }
  }

  /** Wakes those who wait; called after each batch of changes. */
  public void signal() {
    changes.signal();
  }

  /** What {@code search} finds, now or as soon as it does within {@code patience}. */
  public <T> Optional<T> await(Supplier<Optional<T>> search, Duration patience)
      throws InterruptedException {
    return changes.await(search, patience);
  }

  /** How many wait for a change. */
  public int waiting() {
    return changes.waiting();
  }

  public Optional<BuildResource> build(String id) {
    return documented(id)
        .or(() ->
            buildQueue
                .find(id)
                .map(queued -> BuildResource.queued(id, queued.request(), queued.at())))
        // It may have left the queue for its document just now.
        .or(() -> documented(id));
  }

  private Optional<BuildResource> documented(String id) {
    return documents.build(id).map(BuildResource::of);
  }

  /** All builds, the newest first. */
  public List<BuildResource> builds() {
    return buildsAfter(Optional.empty()).map(Listed::item).toList();
  }

  /**
   * The builds after {@code place}, or all, the newest first. Throws {@link
   * IllegalArgumentException} if there can be no such place.
   */
  public Stream<Listed<BuildResource>> buildsAfter(Optional<String> place) {
    return builds
        .after(place)
        .flatMap(one -> build(one.id()).map(build -> new Listed<>(one.toString(), build)).stream());
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
    return documentedVm(id)
        .or(() ->
            runQueue.find(id).map(queued -> VmResource.queued(id, queued.request(), queued.at())))
        .or(() -> documentedVm(id));
  }

  private Optional<VmResource> documentedVm(String id) {
    return documents.vm(id).map(VmResource::of);
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
    return vmsAfter(Optional.empty())
        .map(Listed::item)
        .filter(vm -> vm.phase() != VmDocument.Phase.REMOVED)
        .toList();
  }

  /** The VMs after {@code place}, or all, as {@link #buildsAfter} gives builds. */
  public Stream<Listed<VmResource>> vmsAfter(Optional<String> place) {
    return vms.after(place)
        .flatMap(one -> vmOfId(one.id()).map(vm -> new Listed<>(one.toString(), vm)).stream());
  }

  public Optional<ImageDocument> image(String reference) {
    return documents.image(reference);
  }

  /** The images after {@code reference}, or all, by reference. */
  public Stream<Listed<ImageResource>> imagesAfter(Optional<String> reference) {
    return documents.imagesAfter(reference).stream()
        .map(image -> new Listed<>(image.reference(), ImageResource.of(image)));
  }

  /** The kernels after {@code name}, or all, by name. */
  public Stream<Listed<KernelResource>> kernelsAfter(Optional<String> name) {
    return documents.kernelsAfter(name).stream()
        .map(kernel -> new Listed<>(kernel.name(), kernel(kernel)));
  }

  /** What {@code kernel} is among all kernels. */
  public KernelResource kernel(KernelDocument kernel) {
    boolean byDefault =
        KernelChoice.byDefault(documents.kernels())
            .filter(chosen -> chosen.name().equals(kernel.name()))
            .isPresent();
    return KernelResource.of(kernel, byDefault);
  }

  /** The workers after {@code id}, or all, by id. */
  public Stream<Listed<WorkerResource>> workersAfter(Optional<String> id) {
    return documents.workersAfter(id).stream()
        .map(worker -> new Listed<>(worker.id(), worker(worker)));
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
