package dev.firebuild.worker.network.cni;

import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.ProcessResult;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.host.VmUser;
import dev.firebuild.worker.network.HostAddresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A host with the real plugins, and a world behind it: two network namespaces, so that no bridge
 * and no rule is ever this machine's. The plugins are called by scripts that enter the first one.
 */
public final class CniHost implements AutoCloseable {
  /** The host's own end of the network of machines. */
  public static final String GATEWAY = "10.213.0.1";

  /** The host's address in the world. */
  public static final String ADDRESS = "192.0.2.1";

  /** An address of the world that is not the host's. */
  public static final String WORLD = "192.0.2.2";

  /** In the id of every machine of the tests of this package. */
  static final String IDS = "cnitest";

  private static final Path REAL_PLUGINS = Path.of("/usr/lib/cni");

  private static final String NETWORK =
      """
      {
        "cniVersion": "1.0.0",
        "name": "machines",
        "plugins": [
          {
            "type": "bridge",
            "bridge": "fb0",
            "isGateway": true,
            "ipMasq": true,
            "ipam": {
              "type": "host-local",
              "dataDir": "DATA",
              "ranges": [[{"subnet": "10.213.0.0/24", "rangeStart": "10.213.0.10", "rangeEnd": "10.213.0.LAST"}]],
              "routes": [{"dst": "0.0.0.0/0"}]
            },
            "dns": {"nameservers": ["192.0.2.2"], "search": ["machines.test"]}
          },
          {"type": "firewall", "backend": "iptables"},
          {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}
        ]
      }
      """;

  private final Processes processes = Processes.of(System.getenv());
  private final Path folder;
  private final String host;
  private final String world;
  private final CniSettings settings;

  private CniHost(Path folder) {
    this.folder = folder;
    host = folder.getFileName() + "-host";
    world = folder.getFileName() + "-world";
    settings =
        new CniSettings(
            Optional.of("machines"),
            folder.resolve("conf"),
            folder.resolve("bin"),
            folder.resolve("cache"));
  }

  /** Makes everything; skips the test where that is impossible. */
  public static CniHost create() throws IOException {
    Assumptions.assumeTrue(VmUser.isRoot(), "CNI plugins need root");
    CniHost made = new CniHost(Files.createTempDirectory(Path.of("/tmp"), "fbcni"));
    try {
      made.make();
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  private void make() throws IOException {
    run("ip", "netns", "add", host);
    run("ip", "netns", "add", world);
    processes.require(
        ProcessCommand.of("ip", "-batch", "-")
            .withStdin(
                """
                -n HOST link set lo up
                -n WORLD link set lo up
                -n HOST link add out type veth peer name in netns WORLD
                -n HOST address add 192.0.2.1/24 dev out
                -n HOST link set out up
                -n WORLD address add 192.0.2.2/24 dev in
                -n WORLD link set in up
                """
                    .replaceAll("(?m)^-n (\\w+) ", "netns exec $1 ip ")
                    .replace("HOST", host)
                    .replace("WORLD", world)));
    Files.createDirectory(settings.plugins());
    Files.createDirectory(settings.configurations());
    for (String type : List.of("bridge", "host-local", "firewall", "portmap")) {
      plugin(type, "");
    }
    pool(200);
  }

  /** The network has the addresses from 10.213.0.10 up to {@code last}. */
  void pool(int last) throws IOException {
    Files.writeString(
        settings.configurations().resolve("machines.conflist"),
        NETWORK
            .replace("DATA", folder.resolve("leases").toString())
            .replace("LAST", Integer.toString(last)));
  }

  /** The real plugin {@code type}, after {@code script}, a part of a shell script. */
  void plugin(String type, String script) throws IOException {
    Path file = settings.plugins().resolve(type);
    Files.writeString(
        file,
        """
        #!/bin/sh
        %s
        exec nsenter --net=/run/netns/%s %s
        """
            .formatted(script, host, REAL_PLUGINS.resolve(type)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  public CniSettings settings() {
    return settings;
  }

  /** Those of the host of the plugins. */
  public HostAddresses addresses() {
    return () -> List.of(GATEWAY, "127.0.0.1", ADDRESS);
  }

  /** A worker's, which gives plugins {@code limit} for ADD. */
  CniNetwork network(Duration limit) {
    Duration others = Duration.ofSeconds(30);
    Plugins.Limits limits = new Plugins.Limits(limit, others, others);
    return new CniNetwork(
        processes, new CniAttachments(processes, settings, limits), false, addresses());
  }

  /** Runs a program on the host of the plugins. */
  public ProcessResult onHost(String... argv) throws IOException {
    return inside(host, argv);
  }

  /** Runs a program in the world. */
  public ProcessResult inWorld(String... argv) throws IOException {
    return inside(world, argv);
  }

  /** The arguments before those of a program that runs on the host of the plugins. */
  public List<String> hostLauncher() {
    return List.of("nsenter", "--net=/run/netns/" + host);
  }

  /** The arguments before those of a program that runs in the world. */
  public List<String> worldLauncher() {
    return List.of("nsenter", "--net=/run/netns/" + world);
  }

  private ProcessResult inside(String namespace, String... argv) throws IOException {
    List<String> command = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
    command.addAll(List.of(argv));
    return processes.run(ProcessCommand.of(command));
  }

  private void run(String... argv) throws IOException {
    processes.require(ProcessCommand.of(argv));
  }

  /** Rules, devices, leases, results and the names of namespaces: all that machines leave here. */
  public NavigableSet<String> state() throws IOException {
    NavigableSet<String> state = new TreeSet<>();
    onHost("iptables-save")
        .stdout()
        .lines()
        .filter(line -> line.startsWith("-A") || line.startsWith(":"))
        .map(line -> "rule " + line.replaceFirst(" \\[.*", ""))
        .forEach(state::add);
    onHost("ip", "-brief", "link")
        .stdout()
        .lines()
        .map(line -> "link " + line.split("[ @]", 2)[0])
        .forEach(state::add);
    files(folder.resolve("leases"), state);
    files(settings.cache(), state);
    try (Stream<Path> names = Files.list(Path.of("/run/netns"))) {
      names
          .map(path -> "namespace " + path.getFileName())
          .filter(name -> name.contains(IDS))
          .forEach(state::add);
    }
    return state;
  }

  private static void files(Path folder, NavigableSet<String> state) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .filter(Files::isRegularFile)
            .filter(file -> !file.toString().contains("last_reserved"))
            .forEach(file -> state.add("file " + file.getFileName()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (String namespace : List.of(host, world)) {
      if (Files.exists(Path.of("/run/netns", namespace))) {
        run("ip", "netns", "delete", namespace);
      }
    }
    DurableFiles.deleteTree(folder);
  }
}
