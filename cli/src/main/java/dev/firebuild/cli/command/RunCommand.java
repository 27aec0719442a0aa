package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.ApiException;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.resource.Accepted;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code firebuild run}. */
@Command(
    name = "run",
    description = "Run an image in a microVM.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "N:of the program, in the foreground",
      "0:started, with -d",
      "2:wrong usage",
      "125:the VM could not be started, or its end is not known"
    })
public final class RunCommand extends ClientCommand {
  /** Docker's exit code for its own failures. */
  static final int OWN_FAILURE = 125;

  @Option(names = "--from", paramLabel = "REF", description = "The image; or the first argument.")
  private @Nullable String from;

  @Option(
      names = {"-d", "--daemonize", "--detached"},
      description = "Return when the program runs, and print the VM's id.")
  private boolean detached;

  @Option(names = "--name", paramLabel = "NAME", description = "A second, unique handle.")
  private @Nullable String name;

  @Option(
      names = {"-h", "--hostname"},
      paramLabel = "NAME",
      description = "The guest's name.")
  private @Nullable String hostname;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME[=VALUE]",
      description = "Variable; without VALUE, that of this environment. May be repeated.")
  private List<String> env = new ArrayList<>();

  @Option(
      names = "--env-file",
      paramLabel = "FILE",
      description = "File of variables, NAME=VALUE per line. May be repeated; --env wins.")
  private List<Path> envFiles = new ArrayList<>();

  @Option(
      names = {"-p", "--port", "--publish"},
      paramLabel = "[ADDR:]HOST:GUEST",
      description = "Publish a TCP port (on 127.0.0.1 unless an address is given).")
  private List<String> ports = new ArrayList<>();

  @Option(
      names = "--ip-address",
      paramLabel = "ADDR",
      description = "The guest's IPv4 address, on workers whose VMs are in a CNI network.")
  private @Nullable String ipAddress;

  @Option(names = "--cpu", paramLabel = "N", description = "Virtual CPUs.")
  private @Nullable Integer cpu;

  @Option(names = "--mem", paramLabel = "MIB", description = "Memory in MiB.")
  private @Nullable Integer mem;

  @Option(
      names = {"--kernel", "--vmlinux-id"},
      paramLabel = "NAME",
      description = "Kernel to boot (firebuild kernel ls).")
  private @Nullable String kernel;

  @Option(names = "--ssh-user", paramLabel = "USER", description = "Who may log in over SSH.")
  private @Nullable String sshUser;

  @Option(
      names = "--identity-file",
      paramLabel = "FILE",
      description = "OpenSSH public key that may log in. May be repeated.")
  private List<Path> identityFiles = new ArrayList<>();

  @Option(names = "--rm", description = "Remove the VM and its disk when it has ended.")
  private boolean remove;

  @Parameters(
      paramLabel = "[IMAGE] [COMMAND…]",
      arity = "0..*",
      description = "The image, unless --from names it; then a command in place of the image's.")
  private List<String> arguments = new ArrayList<>();

  public RunCommand(CliContext context) {
    super(context);
  }

  @Override
  public Integer call() throws Exception {
    try {
      return super.call();
    } catch (ApiException e) {
      throw new CliException(OWN_FAILURE, String.valueOf(e.getMessage()));
    } catch (CliException e) {
      throw e.exitCode() == CliException.USAGE ? e : e.withExitCode(OWN_FAILURE);
    }
  }

  @Override
  int run(ApiClient api) {
    Accepted vm =
        api.post("/v1/vms", Optional.of(request()), Optional.of(Ids.draw(new SecureRandom())));
    RunFollower follower = new RunFollower(context(), api, vm);
    return detached ? follower.awaitRunning(this::started) : follower.attach();
  }

  private void started(VmEvent.Running running, String id) {
    log("info", "run", "VMM running as a daemon", RunFollower.seedFields(running, id));
    out(id);
  }

  /** The request that the command line asks for. */
  RunRequest request() {
    List<String> rest = new ArrayList<>(arguments);
    Optional<String> image = Optional.ofNullable(from);
    if (image.isEmpty() && !rest.isEmpty()) {
      image = Optional.of(rest.removeFirst());
    }
    // The seed wrote `run … -- COMMAND`; behind an image picocli leaves the mark in its place.
    if (!rest.isEmpty() && rest.getFirst().equals("--")) {
      rest.removeFirst();
    }
    try {
      return new RunRequest(
          Optional.empty(),
          image.orElseThrow(() ->
              new CliException(
                  CliException.USAGE, "name an image: firebuild run IMAGE; firebuild images")),
          Optional.ofNullable(name),
          Optional.ofNullable(hostname),
          EnvFiles.merge(envFiles, env, context().env()),
          rest,
          ports.stream().map(PortMapping::parse).toList(),
          Optional.ofNullable(ipAddress),
          Optional.ofNullable(cpu),
          Optional.ofNullable(mem),
          Optional.ofNullable(kernel),
          Optional.ofNullable(sshUser),
          EnvFiles.publicKeys(identityFiles, sshUser != null),
          remove,
          Optional.empty());
    } catch (IllegalArgumentException e) {
      throw new CliException(CliException.USAGE, String.valueOf(e.getMessage()));
    }
  }
}
