package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.protocol.resource.VmResource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild quickstart}. */
@Command(
    name = "quickstart",
    description =
        "Set this machine up, start a node, build a Dockerfile into a microVM image, run it and"
            + " fetch its page. What is there already is used again.")
final class QuickstartCommand extends NodeCommand {
  private static final String BASE = "debian:bookworm-slim";
  private static final String IMAGE = "hello:latest";
  private static final String VM = "hello";
  private static final int GUEST_PORT = 80;
  private static final Duration PAGE = Duration.ofMinutes(2);
  private static final List<String> PROXIES =
      List.of("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY");

  @Mixin private NodePorts ports = new NodePorts();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Where the page is published (default: ${DEFAULT-VALUE}).")
  private int port;

  QuickstartCommand(Host host) {
    super(host);
  }

  @Override
  public Integer call() throws Exception {
    NodeFiles files = files();
    files.create();
    Programs programs = new Programs(Map.of("FIREBUILD_DATA", files.data().toString()));
    HostSetup setup = new HostSetup(host(), programs, !noInstall());
    Steps steps = new Steps(out(), 8);
    steps.run("install what is missing", setup::packages);
    steps.run("prepare the network device", setup::networkDevice);
    steps.run("start a node", () -> startNode(files, programs));
    NodeState node = StatusCommand.running(files).orElseThrow(() -> StatusCommand.noNode(files));
    try (NodeApi api = new NodeApi(node.url(), SecretFile.read(files.token()))) {
      Path downloads = Files.createDirectories(files.data().resolve("downloads"));
      steps.run("get a kernel", () -> kernel(api, programs, downloads));
      steps.run("make the base image " + BASE, () -> baseImage(api, programs, downloads));
      steps.run("build examples/hello into an image", () -> build(programs));
      steps.run("run it", () -> runVm(api, programs));
      VmResource vm =
          hello(api).orElseThrow(() -> new CliException("the VM has ended; firebuild logs " + VM));
      String url = "http://127.0.0.1:%d/".formatted(hostPort(vm));
      steps.run("fetch " + url, () -> page(url));
      showWhatIsThere(programs, files, url);
    }
    return 0;
  }

  private String startNode(NodeFiles files, Programs programs)
      throws IOException, InterruptedException {
    Optional<NodeState> running = StatusCommand.running(files);
    if (running.isPresent()) {
      return "it runs already: " + running.get().url();
    }
    programs.show(
        firebuild(
            "up",
            "-d",
            "--http",
            ports.http().toString(),
            "--kafka-listen",
            String.valueOf(ports.kafkaPort())));
    return "data in " + files.data();
  }

  private String kernel(NodeApi api, Programs programs, Path downloads)
      throws IOException, InterruptedException {
    if (!api.kernels().isEmpty()) {
      return "there is one already: " + api.kernels().getFirst().name();
    }
    String script = host().firebuildHome().resolve("scripts/fetch-kernel").toString();
    String kernel = programs.capture(List.of(script, downloads.toString())).strip();
    programs.show(firebuild("kernel", "import", kernel));
    return String.valueOf(Path.of(kernel).getFileName());
  }

  private String baseImage(NodeApi api, Programs programs, Path downloads)
      throws IOException, InterruptedException {
    if (api.images().stream().anyMatch(image -> image.reference().equals(BASE))) {
      return "there is one already";
    }
    Path archive = downloads.resolve("debian-bookworm-slim.tar");
    if (!Files.exists(archive)) {
      String script = host().firebuildHome().resolve("baseos/debian/rootfs").toString();
      programs.logged(
          List.of(script, archive.toString()),
          downloads.resolve("debian-bookworm-slim.log"),
          this::showStage);
    }
    programs.show(firebuild("image", "import", BASE, archive.toString()));
    Files.delete(archive);
    return "from the packages that this host uses itself";
  }

  /** Of all that mmdebstrap says, what it is about: it takes a minute or more. */
  private void showStage(String line) {
    if (line.startsWith("I: ")) {
      out().println("      " + line.substring("I: ".length()));
      out().flush();
    }
  }

  private String build(Programs programs) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(firebuild("build", "-t", IMAGE));
    for (String proxy : PROXIES) {
      // A guest gets to the world as this host does.
      Optional.ofNullable(host().environment().get(proxy))
          .filter(value -> !value.isEmpty())
          .ifPresent(value -> command.addAll(List.of("--build-arg", proxy + "=" + value)));
    }
    command.add(host().firebuildHome().resolve("examples/hello").toString());
    programs.show(command);
    return "image " + IMAGE;
  }

  private String runVm(NodeApi api, Programs programs) throws IOException, InterruptedException {
    Optional<VmResource> running = hello(api);
    if (running.isPresent()) {
      return "it runs already: VM " + running.get().id();
    }
    Ports.requireFree(new HostPort("127.0.0.1", port), "--port");
    programs.show(
        firebuild(
            "run", "-d", "--rm", "--name", VM, "-p", port + ":" + GUEST_PORT, "--from", IMAGE));
    return "VM " + VM;
  }

  private static Optional<VmResource> hello(NodeApi api) throws IOException, InterruptedException {
    return api.runningVms().stream()
        .filter(vm -> vm.phase() != VmDocument.Phase.STOPPING)
        .filter(vm -> vm.request().name().equals(Optional.of(VM)))
        .findFirst();
  }

  private int hostPort(VmResource vm) {
    return vm.request().ports().stream()
        .filter(mapping -> mapping.guest() == GUEST_PORT)
        .map(PortMapping::host)
        .findFirst()
        .orElseThrow(() ->
            new CliException(
                "the VM %s does not publish its port %d; remove it: firebuild rm -f %s"
                    .formatted(VM, GUEST_PORT, VM)));
  }

  private String page(String url) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
    long deadline = System.nanoTime() + PAGE.toNanos();
    String reason = "";
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (System.nanoTime() < deadline) {
        try {
          HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
          if (answer.statusCode() == 200) {
            answer.body().lines().forEach(line -> out().println("      | " + line));
            return "HTTP 200";
          }
          reason = "HTTP " + answer.statusCode();
        } catch (IOException e) {
          // Published at once, served when the program in the guest has started.
          reason = e.toString();
        }
        Thread.sleep(200);
      }
    }
    throw new CliException(
        "no page after %d s (%s); firebuild logs %s".formatted(PAGE.toSeconds(), reason, VM));
  }

  private void showWhatIsThere(Programs programs, NodeFiles files, String url)
      throws IOException, InterruptedException {
    String typed = host().typed();
    showOutput(programs, typed, "ls");
    showOutput(programs, typed, "logs", VM);
    out().println();
    out().println("The node and the VM go on running. What to try next:");
    if (!files.data().equals(host().defaultData())) {
      out().println("  export FIREBUILD_DATA=" + files.data());
    }
    out()
        .println(
            """
              curl %2$s
              %1$s logs -f %3$s       # its output, as it comes
              %1$s events -f           # all that happens, as it happens
              %1$s build -t mine DIR   # a Dockerfile of your own
              %1$s kafka-properties --format librdkafka > kcat.conf
              kcat -F kcat.conf -C -u -t firebuild.events -f '%%k %%h %%s\\n' | grep -v heartbeat   # the same from Kafka (package kcat)
              %1$s stop %3$s; %1$s down\
            """
                .formatted(typed, url, VM));
    out().flush();
  }

  private void showOutput(Programs programs, String typed, String... arguments)
      throws IOException, InterruptedException {
    out().println();
    out().println("$ " + typed + " " + String.join(" ", arguments));
    out().flush();
    programs.show(firebuild(arguments));
  }

  private List<String> firebuild(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(host().launcher().toString());
    command.addAll(List.of(arguments));
    return command;
  }
}
