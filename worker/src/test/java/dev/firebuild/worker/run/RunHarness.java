package dev.firebuild.worker.run;

import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Desired;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.worker.TestKernel;
import dev.firebuild.worker.guest.GuestScripts;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.guest.kernel.Kernels;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.queue.Cancellation;
import dev.firebuild.worker.queue.HeldVm;
import dev.firebuild.worker.queue.RunGrant;
import dev.firebuild.worker.vm.MachineSettings;
import dev.firebuild.worker.vm.Machines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A run engine on a data folder of its own, with events in files instead of Kafka. */
final class RunHarness implements AutoCloseable {
  private final SecureRandom random = new SecureRandom();
  private final Path root;
  private final ImageStore images;
  private final List<ImageDocument> references = new ArrayList<>();
  private final HostLayout layout;
  private final RunLayout runs;
  private final Machines machines;
  private final Ext4 ext4;
  private final RunEngine engine;

  /**
   * @param root short: socket paths lie below it
   */
  RunHarness(Path root) throws IOException {
    this(root, MachineSettings.DEFAULT);
  }

  RunHarness(Path root, MachineSettings settings) throws IOException {
    this.root = root;
    this.layout = new HostLayout(root);
    this.runs = new RunLayout(root.resolve("runs"));
    this.images = ImageStore.open(new TestHost(root).images());
    Processes processes = Processes.of(System.getenv());
    Kernels kernels = TestKernel.kernels(new KernelStore(layout.kernels()), "default");
    this.machines = new Machines(processes, layout, kernels, GuestScripts.NONE, settings);
    this.ext4 = new Ext4(processes, random);
    this.engine =
        new RunEngine(
            new WorkerIdentity("w", "host"),
            RunSettings.DEFAULT,
            runs,
            machines,
            images,
            new FixedLookups(references),
            ext4);
  }

  Machines machines() {
    return machines;
  }

  Ext4 ext4() {
    return ext4;
  }

  RunEngine engine() {
    return engine;
  }

  ImageStore images() {
    return images;
  }

  RunLayout runs() {
    return runs;
  }

  /** Makes {@code image} known under its reference. */
  void refer(ImageDocument image) {
    references.add(image);
  }

  /** A VM that can be granted. */
  Vm vm(String request) {
    String id = Ids.draw(random);
    return vm(id, Ids.draw(random), request);
  }

  Vm vm(String id, String instance, String request) {
    RunRequest parsed =
        Json.read(request.getBytes(StandardCharsets.UTF_8), RunRequest.class).withId(id);
    return new Vm(
        parsed,
        instance,
        new FileEvents(root.resolve(id + ".events"), id, instance),
        new Cancellation());
  }

  /** What the guest of {@code instance} has said while it boots; empty before and after. */
  String consoleText(String instance) throws IOException {
    try {
      return Files.readString(layout.machine(instance).console());
    } catch (java.nio.file.NoSuchFileException _) {
      return "";
    }
  }

  /** What the host still has of machines and runs. */
  List<Path> leftovers() {
    return Stream.of(layout.machines(), runs.root()).flatMap(RunHarness::children).toList();
  }

  private static Stream<Path> children(Path directory) {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList().stream();
    } catch (java.nio.file.NoSuchFileException _) {
      return Stream.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    engine.close();
    images.close();
  }

  /** A VM of a test. */
  record Vm(RunRequest request, String instance, FileEvents events, Cancellation cancellation) {
    String id() {
      return request.id().orElseThrow();
    }

    RunGrant grant() {
      return new RunGrant(id(), request, 1, instance, events, cancellation);
    }

    HeldVm held(Phase phase, Desired desired) {
      return new HeldVm(document(phase, desired), events, cancellation);
    }

    /** The document as an owner folds it. */
    VmDocument document(Phase phase, Desired desired) {
      return new VmDocument(
          id(),
          request,
          phase,
          1,
          Optional.of(
              new Assignment(
                  instance,
                  new Claim("t", 0, 0, "w", "incarnation", Optional.empty(), Optional.empty()))),
          desired,
          true,
          phase.compareTo(Phase.RUNNING) < 0
              ? Optional.empty()
              : events.last(VmEvent.Running.class),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Instant.EPOCH,
          Optional.empty(),
          Optional.empty(),
          List.of());
    }
  }
}
