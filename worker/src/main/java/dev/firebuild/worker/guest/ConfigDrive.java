package dev.firebuild.worker.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The first drive of every guest: a tar of what it must know.
 *
 * @param hostname the guest's
 * @param lowers how many layers follow the upper disk
 * @param inputs how many input drives follow the layers
 * @param network the guest's address; absent without a card
 * @param keys of the SSH connection
 * @param run the machine's program; absent for a build
 * @param sshUser the run's user with SSH access; absent: there is no such access
 * @param more further files by relative path
 */
public record ConfigDrive(
    String hostname,
    int lowers,
    int inputs,
    Optional<GuestNetwork> network,
    GuestKeys keys,
    Optional<Program> run,
    Optional<SshUser> sshUser,
    Map<String, byte[]> more) {

  /**
   * The image's user who may log in on port 22.
   *
   * @param name in the image
   * @param authorizedKeys OpenSSH public keys
   */
  public record SshUser(String name, List<String> authorizedKeys) {}

  /**
   * The guest's end of its network.
   *
   * @param address in CIDR notation
   * @param management a second address, in CIDR notation, for the worker's SSH connection
   * @param gateway absent: nothing is reached beyond the network but by {@code routes}
   * @param routes further ways
   * @param resolvConf lines of {@code /etc/resolv.conf}
   */
  public record GuestNetwork(
      String address,
      Optional<String> management,
      Optional<String> gateway,
      List<GuestRoute> routes,
      List<String> resolvConf) {}

  /**
   * A way to a part of the world.
   *
   * @param destination in CIDR notation
   * @param gateway in the guest's network
   */
  public record GuestRoute(String destination, String gateway) {}

  /** Writes the drive to {@code file}. */
  public void write(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> entry : files().entrySet()) {
        TarArchiveEntry header = new TarArchiveEntry(entry.getKey());
        header.setSize(entry.getValue().length);
        header.setModTime(0);
        tar.putArchiveEntry(header);
        tar.write(entry.getValue());
        tar.closeArchiveEntry();
      }
    }
  }

  private Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>(more);
    files.put("machine", text(machine()));
    files.put("hostkey", keys.dropbearHostKey());
    files.put("authorized_keys", text(keys.authorizedKey()));
    files.put("hostname", text(hostname + "\n"));
    files.put("hosts", text(hosts()));
    files.put("resolv.conf", text(resolvConf()));
    sshUser.ifPresent(
        user -> files.put("user_keys", text(String.join("\n", user.authorizedKeys()) + "\n")));
    run.ifPresent(program -> {
      files.put("program", text(ProgramFile.of(program)));
      files.put("run-env.sh", text(ProgramFile.profile(program.env())));
    });
    return files;
  }

  private String machine() {
    return """
    hostname=%s
    lowers=%d
    inputs=%d
    workload=%s
    address=%s
    management=%s
    gateway=%s
    routes=%s
    ssh_user=%s
    """
        .formatted(
            ShellWords.quote(hostname),
            lowers,
            inputs,
            run.isPresent() ? "run" : "build",
            ShellWords.quote(network.map(GuestNetwork::address).orElse("")),
            ShellWords.quote(network.flatMap(GuestNetwork::management).orElse("")),
            ShellWords.quote(network.flatMap(GuestNetwork::gateway).orElse("")),
            ShellWords.quote(routes()),
            ShellWords.quote(sshUser.map(SshUser::name).orElse("")));
  }

  private String routes() {
    return network.stream()
        .flatMap(net -> net.routes().stream())
        .map(route -> route.destination() + ">" + route.gateway())
        .collect(Collectors.joining(" "));
  }

  private String hosts() {
    String own = network.map(net -> net.address().replaceFirst("/.*", "")).orElse("127.0.1.1");
    return "127.0.0.1\tlocalhost\n%s\t%s\n".formatted(own, hostname);
  }

  private String resolvConf() {
    return network.stream()
        .flatMap(net -> net.resolvConf().stream())
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
