package dev.firebuild.worker.vm;

import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.TestKernel;
import dev.firebuild.worker.guest.GuestScripts;
import dev.firebuild.worker.guest.Program;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.vmm.Acceleration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A data directory with a kernel and a base layer, and machines in it. */
final class TestHost implements AutoCloseable {
  static final String KERNEL = "test";
  private static final long UPPER_BYTES = 256L << 20;
  private static final Set<String> drawn = ConcurrentHashMap.newKeySet();

  final Processes processes = Processes.of(System.getenv());
  final HostLayout layout;
  final Machines machines;
  final Path base;

  private TestHost(Path directory, Path base, NetworkSettings networks) {
    layout = new HostLayout(directory);
    this.base = base;
    machines =
        new Machines(
            processes,
            layout,
            TestKernel.kernels(new KernelStore(layout.kernels()), KERNEL),
            GuestScripts.NONE,
            new MachineSettings(Acceleration.AUTO, networks, Duration.ofMinutes(3)));
  }

  /** Makes everything anew below a temporary directory. */
  static TestHost create() throws IOException {
    return create(NetworkSettings.DEFAULT);
  }

  /** The same, whose machines reach the world by {@code networks}. */
  static TestHost create(NetworkSettings networks) throws IOException {
    Path directory = Files.createTempDirectory("fb");
    Path base = directory.resolve("base.ext4");
    TestHost host = new TestHost(directory, base, networks);
    try (InputStream in = Files.newInputStream(TestKernel.file(host.processes))) {
      new KernelStore(host.layout.kernels()).importFrom(KERNEL, in);
    }
    BusyboxTree.layer(host.processes, directory.resolve("tree"), base);
    return host;
  }

  /** The same directory, as a later worker finds it. */
  static TestHost open(Path directory) {
    return open(directory, NetworkSettings.DEFAULT);
  }

  /** The same, whose machines reach the world by {@code networks}. */
  static TestHost open(Path directory, NetworkSettings networks) {
    return new TestHost(directory, directory.resolve("base.ext4"), networks);
  }

  static String newId() {
    String id = Ids.draw(new SecureRandom());
    drawn.add(id);
    return id;
  }

  /** All that {@link #newId} has given in this process, of whatever host. */
  static Set<String> drawnIds() {
    return Set.copyOf(drawn);
  }

  Path upper(String name) throws IOException {
    Path upper = layout.root().resolve(name + ".ext4");
    new Ext4(processes, new SecureRandom()).create(upper, UPPER_BYTES);
    return upper;
  }

  MachineSpec build(String id, Path upper) {
    return build(id, upper, List.of(base), NetworkMode.NONE);
  }

  MachineSpec build(String id, Path upper, List<Path> lowers, NetworkMode network) {
    return spec(id, upper, lowers, network, List.of(), new Workload.Build());
  }

  /** A user of the image who may log in. */
  record SshAccess(String user, String publicKey) {}

  MachineSpec run(
      String id, Path upper, Program program, List<PortMapping> ports, SshAccess access) {
    return spec(
        id,
        upper,
        List.of(base),
        machines.world(),
        ports,
        new Workload.Run(
            program, "SIGTERM", Optional.of(access.user()), List.of(access.publicKey())));
  }

  MachineSpec run(String id, Path upper, Program program, List<PortMapping> ports) {
    return spec(
        id,
        upper,
        List.of(base),
        machines.world(),
        ports,
        new Workload.Run(program, "SIGTERM", Optional.empty(), List.of()));
  }

  private static MachineSpec spec(
      String id,
      Path upper,
      List<Path> lowers,
      NetworkMode network,
      List<PortMapping> ports,
      Workload workload) {
    return new MachineSpec(
        id,
        KERNEL,
        1,
        256,
        lowers,
        upper,
        List.of(),
        network,
        ports,
        "testhost",
        Map.of(),
        workload);
  }

  static Program shell(String script) {
    return new Program(List.of("/bin/sh", "-c", script), Map.of(), "", "/");
  }

  void remove() throws IOException {
    DurableFiles.deleteTree(layout.root());
  }

  @Override
  public void close() throws IOException {
    for (Machines.Leftover leftover : machines.recover()) {
      machines.remove(leftover);
    }
    remove();
  }
}
