package dev.firebuild.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** TCP ports of the loopback address. */
final class Ports {
  private Ports() {}

  static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new BrokerException("no free port on 127.0.0.1: " + e.getMessage(), e);
    }
  }

  static int requireFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As the broker does it: connections that linger from the last run are no hindrance.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return port;
    } catch (IOException e) {
      throw new BrokerException(
          "cannot listen on 127.0.0.1:%d: %s; choose another port or end what uses it"
              .formatted(port, e.getMessage()),
          e);
    }
  }
}
