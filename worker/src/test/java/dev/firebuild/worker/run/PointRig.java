package dev.firebuild.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Json;
import dev.firebuild.worker.debug.DebuggedJvm;
import dev.firebuild.worker.debug.Point;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.HostState;
import dev.firebuild.worker.host.HostState.Kind;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.run.RunLifeMain.Order;
import dev.firebuild.worker.run.RunLifeMain.Task;
import dev.firebuild.worker.vm.MachineException;
import dev.firebuild.worker.vm.MachineSpec;
import dev.firebuild.worker.vm.NetworkMode;
import dev.firebuild.worker.vm.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the points at which a worker can be killed in the life of a VM, and kills one there.
 *
 * <p>A worker that is killed leaves what the host has, and nothing else of it lives on: between two
 * changes of the host it does not matter when it is killed. So the points are found by letting one
 * worker live a VM's whole life, looking at the host whenever it enters a method, and keeping those
 * entries before which the host has changed. What the driver and the network make is found with the
 * rest.
 */
final class PointRig implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The code that makes and removes what a VM has, and writes it down. */
  private static final List<String> PACKAGES =
      List.of("vm", "vmm", "network", "run", "image", "host").stream()
          .map(name -> "dev.firebuild.worker." + name)
          .toList();

  /** What is done several times in one life, to something else each time. */
  private static final Set<String> REPEATED =
      Set.of(
          "Journal.write",
          "DurableFiles.replace",
          "DurableFiles.syncFile",
          "DurableFiles.syncDirectory",
          "DurableFiles.deleteTree",
          "Processes.run",
          "Processes.startDetached",
          "ProcessIdentity.kill",
          "Cgroup.of");

  private final SecureRandom random = new SecureRandom();
  private final Setup setup;
  private final TestHost host;
  private final Path image;
  private final Path log;
  private final int port;

  /** Entries of a name that were seen. */
  private final Map<String, Point> seen = new HashMap<>();

  /** Of all VMs so far: what one leaves is seen in the rounds after it, too. */
  private final Set<String> instances = new HashSet<>();

  PointRig(Setup setup, Path scratch) throws IOException {
    this.setup = setup;
    host = TestHost.make();
    log = scratch.resolve("worker.log");
    image = scratch.resolve("image.json");
    try (ImageStore images = ImageStore.open(host.images());
        ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
      Files.write(
          image,
          Json.bytes(
              BusyboxImage.make(images, host.scratch())
                  .publish("shell:latest", "{\"Entrypoint\": [\"/bin/sh\", \"-c\"]}")));
    }
    fillCaches();
  }

  /** What the first VM of a worker makes, and no other does, is not of the life of a VM. */
  private void fillCaches() throws IOException {
    try (RunHarness harness = new RunHarness(host.root(), setup.settings())) {
      MachineSpec withoutDisk =
          new MachineSpec(
              Ids.draw(random),
              RunSettings.DEFAULT.kernel(),
              1,
              RunSettings.DEFAULT.memMib(),
              List.of(),
              host.root().resolve("nowhere"),
              List.of(),
              NetworkMode.NONE,
              List.of(),
              "none",
              Map.of(),
              new Workload.Build());
      assertThatThrownBy(() -> harness.machines().start(withoutDisk))
          .isInstanceOf(MachineException.class)
          .hasMessageContaining("nowhere");
    }
    Files.createDirectories(host.root().resolve("runs"));
  }

  private HostState.Scope scope(Path... folders) {
    return new HostState.Scope(
        List.of(folders), "worker-of-" + host.root(), Set.copyOf(instances), Set.of(port));
  }

  private HostState state() {
    return HostState.of(scope(host.root()));
  }

  private Order order() {
    String instance = Ids.draw(random);
    instances.add(instance);
    return new Order(host.root(), setup, image, Ids.draw(random), instance, port);
  }

  private DebuggedJvm start(Task task, Order order) throws IOException {
    return DebuggedJvm.start(RunLifeMain.class, order.arguments(task), scope().environment(), log);
  }

  /** The points of a VM's whole life. */
  List<Point> points() throws Exception {
    Order order = order();
    HostState before = state();
    List<Point> points = trace(Task.LIVE, order);
    requireNothingLeft(order, before);
    return points;
  }

  /** An entry of a method in a VM's whole life, which must have been looked at. */
  Point entry(String name) {
    return Optional.ofNullable(seen.get(name))
        .orElseThrow(() -> new AssertionError("a worker does not come to " + name));
  }

  /** The points at which the next worker can be killed after one was killed at {@code at}. */
  List<Point> pointsAfter(Point at) throws Exception {
    Order order = order();
    HostState before = state();
    kill(at, order);
    List<Point> points = trace(Task.RECOVER, order);
    requireNothingLeft(order, before);
    return points;
  }

  private List<Point> trace(Task task, Order order) throws Exception {
    List<Point> points = new ArrayList<>();
    List<Set<String>> states = new ArrayList<>();
    try (DebuggedJvm worker = start(task, order)) {
      worker.trace(
          PACKAGES,
          REPEATED::contains,
          point -> {
            if (isOfTest(point.type())) {
              return;
            }
            seen.putIfAbsent(point.name(), point);
            Set<String> now = changing(worker.pid());
            if (states.isEmpty() || !now.equals(states.getLast())) {
              points.add(point);
              states.add(now);
            }
          });
      assertThat(worker.exitCode()).as(worker::said).isZero();
    }
    if (task == Task.LIVE) {
      // A method that is not there any more would find nothing.
      assertThat(seen.keySet()).containsAll(REPEATED);
    }
    return points;
  }

  private static boolean isOfTest(String type) {
    try {
      return Class.forName(type, false, PointRig.class.getClassLoader())
          .getProtectionDomain()
          .getCodeSource()
          .equals(PointRig.class.getProtectionDomain().getCodeSource());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("the debugged worker has other classes", e);
    }
  }

  /** What the worker {@code pid} has made so far, and what it has written down of it. */
  private Set<String> changing(long pid) {
    Path root = host.root();
    HostState state =
        HostState.of(
            scope(root.resolve("machines"), root.resolve("runs"), root.resolve("images/pins")),
            EnumSet.of(Kind.PROCESS, Kind.GROUP, Kind.FILE),
            pid);
    Set<String> facts = new TreeSet<>(state.facts());
    for (String fact : state.facts()) {
      if (fact.startsWith("file ") && fact.endsWith(".json")) {
        facts.add(fact + " " + content(Path.of(fact.substring(fact.indexOf('/')))));
      }
    }
    return facts;
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void kill(Point at, Order order) throws Exception {
    try (DebuggedJvm worker = start(Task.LIVE, order)) {
      assertThat(worker.killAt(at)).as(() -> "came to " + at + ": " + worker.said()).isTrue();
    }
  }

  /**
   * A worker is killed at {@code at}, the next one at {@code again}, if it comes there; the one
   * after that leaves the host as it was before.
   */
  void round(Point at, Point again) throws Exception {
    Order order = order();
    HostState before = state();
    kill(at, order);
    try (DebuggedJvm next = start(Task.RECOVER, order)) {
      var _ = next.killAt(again);
    }
    try (DebuggedJvm last = start(Task.RECOVER, order)) {
      last.run();
      assertThat(last.exitCode()).as(last::said).isZero();
    }
    requireNothingLeft(order, before);
  }

  private void requireNothingLeft(Order order, HostState before) throws IOException {
    Files.deleteIfExists(events(order));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(state().difference(before)).isEmpty());
  }

  private Path events(Order order) {
    return host.root().resolve(order.id() + ".events");
  }

  @Override
  public void close() throws IOException {
    // Only of a round that failed.
    scope().processes(0).forEach(ProcessHandle::destroyForcibly);
    DurableFiles.deleteTree(host.root());
  }
}
