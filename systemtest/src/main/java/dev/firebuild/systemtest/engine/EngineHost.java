package dev.firebuild.systemtest.engine;

import dev.firebuild.cli.context.ContextPacker;
import dev.firebuild.cli.context.PackedContext;
import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.plan.Platform;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Reference;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.worker.build.BuildEngine;
import dev.firebuild.worker.build.BuildParts;
import dev.firebuild.worker.build.BuildSettings;
import dev.firebuild.worker.build.StepCache;
import dev.firebuild.worker.guest.GuestScripts;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.guest.kernel.Kernels;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.queue.BuildGrant;
import dev.firebuild.worker.queue.Cancellation;
import dev.firebuild.worker.source.BlobCache;
import dev.firebuild.worker.vm.MachineSettings;
import dev.firebuild.worker.vm.Machines;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A build engine with everything it needs below one directory. Safe for use by many threads. */
public final class EngineHost implements AutoCloseable {
  private static final String KERNEL = "default";

  /** Small, so that a step can fill it; its files are sparse. */
  private static final long DISK_BYTES = 320L << 20;

  private static final int MEM_MIB = 256;
  private static final long PILED_BYTES = 1L << 20;

  /** For VMs of two stages at a time, even beside a build of another test. */
  private static final int MEMORY_MIB = 4 * MEM_MIB;

  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final Path root;
  private final Path uploads;
  private final SecureRandom random = new SecureRandom();
  private final Images references = new Images();
  private final ImageStore images;
  private final Machines machines;
  private final Ext4 ext4;
  private final BuildEngine engine;

  private final boolean keep;

  private EngineHost(
      Path root, boolean keep, List<GuestScripts.Script> scripts, Processes processes)
      throws IOException {
    this.root = root;
    this.keep = keep;
    this.uploads = Files.createDirectories(root.resolve("uploads"));
    this.images = ImageStore.open(root.resolve("images"));
    this.ext4 = new Ext4(processes, random);
    HostLayout layout = new HostLayout(root);
    KernelStore kernels = new KernelStore(layout.kernels());
    List<GuestScripts.Script> all = new ArrayList<>(BuildEngine.scripts().scripts());
    all.addAll(scripts);
    this.machines =
        new Machines(
            processes,
            layout,
            new Kernels(kernels, references::kernels),
            new GuestScripts(all),
            MachineSettings.DEFAULT);
    this.engine =
        new BuildEngine(
            new BuildParts(
                new BuildSettings(
                    "test-worker",
                    root.resolve("builds"),
                    1,
                    MEM_MIB,
                    MEMORY_MIB,
                    DISK_BYTES,
                    TIMEOUT,
                    KERNEL,
                    Platform.LINUX_AMD64),
                machines,
                kernels,
                ext4,
                images,
                new StepCache(root.resolve("steps"), images, InstantSource.system()),
                new BlobCache(
                    root.resolve("blobs"), this::copyUpload, 1L << 30, InstantSource.system()),
                references,
                random,
                InstantSource.system()));
    engine.recover();
    if (kernels.get(KERNEL).isEmpty()) {
      try (InputStream in = Files.newInputStream(TestKernel.file(processes))) {
        kernels.importFrom(KERNEL, in);
      }
    }
    kernels.get(KERNEL).ifPresent(references::put);
  }

  /**
   * Opens a host below {@code root}, which is removed when the host is closed.
   *
   * @param scripts for the guests, beside the engine's own
   */
  public static EngineHost open(Path root, List<GuestScripts.Script> scripts) throws IOException {
    Files.createDirectories(root);
    return new EngineHost(root, false, scripts, Processes.of(System.getenv()));
  }

  /** Opens a host below {@code root} that keeps what it has. */
  public static EngineHost keep(Path root, List<GuestScripts.Script> scripts) throws IOException {
    Files.createDirectories(root);
    return new EngineHost(root, true, scripts, Processes.of(System.getenv()));
  }

  /** How a build went. */
  public record Outcome(RecordedEvents events) {
    /** The terminal event. */
    public BuildEvent end() {
      List<dev.firebuild.protocol.event.EventData> ends = events.ends();
      if (ends.size() != 1) {
        throw new IllegalStateException("not exactly one terminal event: " + ends);
      }
      return (BuildEvent) ends.getFirst();
    }
  }

  /** Does a build to its end. */
  public Outcome build(BuildRequest request) {
    return build(request, new Cancellation());
  }

  /** Does a build to its end, or until {@code cancellation} is raised. */
  public Outcome build(BuildRequest request, Cancellation cancellation) {
    return start(request, cancellation).finish();
  }

  /** Prepares a build, so that its events can be watched while it is done. */
  public Running start(BuildRequest request, Cancellation cancellation) {
    String id = Ids.draw(random);
    String instance = Ids.draw(random);
    RecordedEvents events = new RecordedEvents(id, instance);
    return new Running(
        new BuildGrant(id, request.withId(id), 1, instance, events, cancellation), events);
  }

  /** A build that has been granted. */
  public final class Running {
    private final BuildGrant grant;
    private final RecordedEvents events;

    private Running(BuildGrant grant, RecordedEvents events) {
      this.grant = grant;
      this.events = events;
    }

    /** What it says, while it is done too. */
    public RecordedEvents events() {
      return events;
    }

    /** Does it, on the calling thread. */
    public Outcome finish() {
      try {
        engine.execute(grant);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("a build was interrupted", e);
      }
      events.requireDocumented();
      for (BuildEvent.Succeeded succeeded : events.events(BuildEvent.Succeeded.class)) {
        succeeded
            .image()
            .ifPresent(image -> references.put(Reference.parse(succeeded.reference()), image));
      }
      return new Outcome(events);
    }
  }

  /** Packs and uploads a context. */
  public Source.Context upload(Path directory, Path dockerfile) throws IOException {
    Path tar = Files.createTempFile(uploads, "context", ".tar");
    PackedContext packed = ContextPacker.pack(directory, dockerfile, tar);
    Files.move(
        tar,
        uploads.resolve(packed.digest().hex()),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    return new Source.Context(packed.digest(), Optional.of(packed.dockerfile()));
  }

  /** Uploads the file {@code blob}. */
  public Digest uploadFile(Path blob) throws IOException {
    Path copy = Files.createTempFile(uploads, "blob", "");
    MessageDigest sha256 = Digest.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(blob), sha256);
        OutputStream out = Files.newOutputStream(copy)) {
      in.transferTo(out);
    }
    Digest digest = Digest.of(sha256);
    Files.move(
        copy, uploads.resolve(digest.hex()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    return digest;
  }

  /** Gives the image {@code reference} another configuration. */
  public void configure(String reference, ImageConfig config) throws IOException {
    Reference parsed = Reference.parse(reference);
    ImageDocument document = references.image(parsed).orElseThrow();
    Manifest manifest = images.manifest(document.image().digest());
    Manifest changed =
        Manifest.of(
            manifest.os(),
            manifest.architecture(),
            config,
            manifest.layers(),
            manifest.provenance());
    references.put(parsed, references.withDigest(document.image(), images.publish(changed)));
  }

  /** Lets {@code other} mean what {@code reference} means. */
  public void alias(String reference, String other) {
    references.put(
        Reference.parse(other), references.image(Reference.parse(reference)).orElseThrow().image());
  }

  /**
   * Lays {@code count} layers over the image {@code base} and calls it {@code reference}. Layer n
   * has the file {@code /PREFIX-n}, which holds n, and {@code /PREFIX}, which holds n too.
   */
  public void pile(String reference, String base, String prefix, int count) throws IOException {
    ImageDocument document = references.image(Reference.parse(base)).orElseThrow();
    Manifest below = images.manifest(document.image().digest());
    List<Manifest.Layer> layers = new ArrayList<>(below.layers());
    for (int number = 1; number <= count; number++) {
      Path tree = Files.createTempDirectory(root, "tree");
      Path files = Files.createDirectory(tree.resolve(".up"));
      Files.writeString(files.resolve(prefix + "-" + number), number + "\n");
      Files.writeString(files.resolve(prefix), number + "\n");
      Path disk = root.resolve("pile.ext4");
      ext4.createFrom(tree, disk, PILED_BYTES);
      layers.add(images.publishLayer(disk));
      DurableFiles.deleteTree(tree);
    }
    Manifest piled =
        Manifest.of(
            below.os(), below.architecture(), below.imageConfig(), layers, below.provenance());
    references.put(
        Reference.parse(reference), references.withDigest(document.image(), images.publish(piled)));
  }

  /** What {@code reference} means. */
  public Optional<Manifest> image(String reference) throws IOException {
    Optional<ImageDocument> document = references.image(Reference.parse(reference));
    return document.isEmpty()
        ? Optional.empty()
        : Optional.of(images.manifest(document.get().image().digest()));
  }

  public ImageStore images() {
    return images;
  }

  public Machines machines() {
    return machines;
  }

  /** The kernel that builds boot. */
  public String kernel() {
    return KERNEL;
  }

  /** An id that nothing has yet. */
  public String newId() {
    return Ids.draw(random);
  }

  /** A new empty disk, to be removed by the caller. */
  public Path newDisk() throws IOException {
    Path disk = root.resolve("disk-" + newId() + ".ext4");
    ext4.create(disk, DISK_BYTES);
    return disk;
  }

  /** Whether nothing of any build is left on the host. */
  public boolean isClean() throws IOException {
    try (var builds = Files.list(root.resolve("builds"))) {
      return builds.findAny().isEmpty() && machines.recover().isEmpty();
    }
  }

  @Override
  public void close() throws IOException {
    for (Machines.Leftover leftover : machines.recover()) {
      machines.remove(leftover);
    }
    images.close();
    if (!keep) {
      DurableFiles.deleteTree(root);
    }
  }

  private boolean copyUpload(Digest digest, OutputStream out) throws IOException {
    Path file = uploads.resolve(digest.hex());
    if (!Files.exists(file)) {
      return false;
    }
    Files.copy(file, out);
    return true;
  }
}
