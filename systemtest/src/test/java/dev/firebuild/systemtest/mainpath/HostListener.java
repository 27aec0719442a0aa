package dev.firebuild.systemtest.mainpath;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener on all addresses of the host, that counts who comes. */
final class HostListener implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ServerSocket socket;
  private final AtomicInteger visitors = new AtomicInteger();

  private HostListener(ServerSocket socket) {
    this.socket = socket;
  }

  static HostListener open() throws IOException {
    HostListener listener = new HostListener(new ServerSocket(0));
    var _ = Thread.ofVirtual().start(listener::accept);
    return listener;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try (Socket _ = socket.accept()) {
        visitors.incrementAndGet();
      } catch (IOException _) {
        // Closed.
      }
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  int visitors() {
    return visitors.get();
  }

  /** Connects from the host itself, and throws where that is refused. */
  static void visit(String address, int port) throws IOException {
    try (Socket visitor = new Socket()) {
      visitor.connect(new InetSocketAddress(address, port), (int) PATIENCE.toMillis());
    }
  }

  /** An IPv4 address of the host that is not loopback. */
  static Optional<String> hostAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .map(InetAddress::getHostAddress)
        .findFirst();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
