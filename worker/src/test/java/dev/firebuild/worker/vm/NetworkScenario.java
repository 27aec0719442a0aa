package dev.firebuild.worker.vm;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.guest.BuildGuest;
import dev.firebuild.worker.guest.Step;
import dev.firebuild.worker.host.ProcessTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What guests reach, tried from a run with all rights and from a step. A program of its own, so
 * that it can be run as another user.
 */
final class NetworkScenario {
  private static final String SECRET = "secret";

  private static final String PROBES =
      """
      probe() {
        if [ "$(nc -w 4 "$2" "$3" </dev/null 2>/dev/null)" = secret ]; then
          echo "$1 reached"
        else
          echo "$1 closed"
        fi
      }
      probe gateway 10.0.2.2 LOOPBACK
      probe gateway-any 10.0.2.2 ANY
      probe host HOST ANY
      probe namespace 10.0.2.1 ANY
      nslookup WORLD 10.0.2.3 >/dev/null 2>&1 && echo 'names answered'
      nc -w 20 WORLD 80 </dev/null >/dev/null 2>&1 && echo 'world reached'
      """;

  /**
   * Packets to 127.0.0.1 leave through the gateway, where a careless host takes them for its own.
   */
  private static final String LOOPBACK_PROBES =
      """
      echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
      ip address del 127.0.0.1/8 dev lo
      ip route add 127.0.0.0/8 via 10.0.2.2
      ip route flush table local dev lo
      probe loopback 127.0.0.1 LOOPBACK
      probe loopback-any 127.0.0.2 ANY
      probe zero 0.0.0.0 ANY
      """;

  private NetworkScenario() {}

  /** Prints what was reached, one per line, and whether anything was left behind. */
  public static void main(String[] args) throws Exception {
    try (TestHost host = TestHost.create();
        ServerSocket loopback = listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ServerSocket any = listen(new InetSocketAddress(0))) {
      String probes = fill(PROBES, args[0], loopback, any);
      String tricks = fill(LOOPBACK_PROBES, args[0], loopback, any);
      System.out.println("own " + ask(loopback.getLocalPort()));
      run(host, probes + tricks);
      step(host, probes);
    }
  }

  private static String fill(String script, String world, ServerSocket loopback, ServerSocket any)
      throws IOException {
    return script
        .replace("LOOPBACK", Integer.toString(loopback.getLocalPort()))
        .replace("ANY", Integer.toString(any.getLocalPort()))
        .replace("HOST", hostAddress())
        .replace("WORLD", world);
  }

  private static void run(TestHost host, String script) throws Exception {
    String id = TestHost.newId();
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String served = script + "echo secret | nc -l -p 8000\n";
    try (Machine machine =
        host.machines.start(
            host.run(
                id,
                host.upper(id),
                TestHost.shell(served),
                List.of(new PortMapping("127.0.0.1", port, 8000))))) {
      Thread asker = Thread.ofVirtual().start(() -> askUntilAnswered(port));
      machine.readOutput(0, (_, _, bytes) -> System.out.write(bytes, 0, bytes.length));
      asker.join();
    }
    System.out.println("left " + ProcessTable.marked(id).size());
  }

  private static void askUntilAnswered(int port) {
    for (int i = 0; i < 600; i++) {
      try {
        if (ask(port).equals(SECRET)) {
          System.out.println("published reached");
          return;
        }
        Thread.sleep(200);
      } catch (IOException e) {
        // Not yet.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void step(TestHost host, String script) throws IOException {
    String id = TestHost.newId();
    try (Machine machine =
        host.machines.start(host.build(id, host.upper(id), List.of(host.base), NetworkMode.USER))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      new BuildGuest(machine.session()).run(new Step(TestHost.shell(script), true), out, out);
      out.toString(StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> System.out.println("step " + line));
    }
    System.out.println("left " + ProcessTable.marked(id).size());
  }

  private static ServerSocket listen(InetSocketAddress address) throws IOException {
    ServerSocket server = new ServerSocket();
    server.bind(address);
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
              socket.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
              // The asker has gone, or the server is closed.
            }
          }
        });
    return server;
  }

  private static String ask(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5000);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  private static String hostAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .map(InetAddress::getHostAddress)
        .findFirst()
        .orElse("127.0.0.1");
  }
}
