package dev.firebuild.worker.network.cni;

import dev.firebuild.worker.network.GuestLink.Names;
import dev.firebuild.worker.network.Ipv4;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where this host looks names up, for guests of a network that does not say it. */
final class HostNames {
  /** The second is that of hosts whose first one names a resolver of their own. */
  private static final List<Path> FILES =
      List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf"));

  private static final String LOOPBACK = "127.0.0.0/8";

  private HostNames() {}

  static Names now() {
    return FILES.stream()
        .map(HostNames::read)
        .filter(names -> !names.nameservers().isEmpty())
        .findFirst()
        .orElse(Names.NONE);
  }

  private static Names read(Path file) {
    try {
      return of(Files.readAllLines(file));
    } catch (IOException e) {
      return Names.NONE;
    }
  }

  /** The servers of {@code lines} that a guest can reach (see resolv.conf(5)). */
  static Names of(List<String> lines) {
    List<String> servers =
        lines.stream()
            .map(line -> line.strip().split("\\s+", -1))
            .filter(words -> words.length >= 2 && words[0].equals("nameserver"))
            .map(words -> words[1])
            .filter(Ipv4::isAddress)
            .filter(server -> !Ipv4.contains(LOOPBACK, server))
            .toList();
    return new Names(servers, List.of(), List.of());
  }
}
