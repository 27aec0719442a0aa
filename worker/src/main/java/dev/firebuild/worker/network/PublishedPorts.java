package dev.firebuild.worker.network;

import dev.firebuild.protocol.request.PortMapping;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Says why a port can't be published: slirp4netns has one text for every reason, and packet filters
 * take a port away from who listens there.
 */
public final class PublishedPorts {
  private static final int FIRST_OF_USERS = 1024;

  private PublishedPorts() {}

  /** Fails if a program of this host has the port, or this user may not have it. */
  public static void requireFree(PortMapping port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(port.address(), port.host()));
    } catch (IOException e) {
      String advice =
          port.host() < FIRST_OF_USERS
              ? "choose a free port of 1024 or more, or run the worker as root"
              : "choose another port, or end the program that listens there";
      throw new IOException(
          "cannot publish port %s:%d: %s; %s"
              .formatted(port.address(), port.host(), e.getMessage(), advice),
          e);
    }
  }
}
