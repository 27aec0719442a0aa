package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks at ports before a server does, for a message that names the flag. */
final class Ports {
  private Ports() {}

  /**
   * Throws {@link CliException} if {@code address} cannot be listened on.
   *
   * @param flag that chooses another
   */
  static void requireFree(HostPort address, String flag) {
    if (address.port() == 0) {
      return;
    }
    InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
    if (resolved.isUnresolved()) {
      throw new CliException(
          "cannot listen on %s: there is no host of that name; choose another with %s"
              .formatted(address, flag));
    }
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do it: connections that linger from the last run are no hindrance.
      socket.setReuseAddress(true);
      socket.bind(resolved);
    } catch (IOException e) {
      throw new CliException(
          "cannot listen on %s: %s; end what uses it or choose another with %s"
              .formatted(address, e.getMessage(), flag),
          e);
    }
  }
}
