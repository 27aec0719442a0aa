package dev.firebuild.dockerfile.plan;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The words of EXPOSE: {@code [[address:]hostport:]port[-lastport][/protocol]}. */
final class PortSpecs {
  private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{1,10}");
  private static final List<String> PROTOCOLS = List.of("tcp", "udp", "sctp");
  private static final int LAST_PORT = 65_535;

  private record Range(int first, int last) {}

  private PortSpecs() {}

  /**
   * Reads a word.
   *
   * @return {@code port/protocol} of every port
   * @throws IllegalArgumentException saying what is wrong
   */
  static List<String> parse(String word) {
    int portColon = word.lastIndexOf(':');
    String container = word.substring(portColon + 1);
    String host = portColon < 0 ? "" : word.substring(0, portColon);
    int hostColon = host.lastIndexOf(':');
    int slash = container.indexOf('/');
    String ports = slash < 0 ? container : container.substring(0, slash);
    String protocol = slash < 0 ? "" : container.substring(slash + 1);
    if (ports.isEmpty()) {
      throw new IllegalArgumentException("invalid port: \"%s\": no port specified".formatted(word));
    }
    if (!protocol.isEmpty() && !PROTOCOLS.contains(protocol.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "invalid port: \"%s\": invalid proto: %s".formatted(word, protocol));
    }
    checkAddress(hostColon < 0 ? "" : host.substring(0, hostColon));
    Range range = range(ports, "invalid containerPort: ");
    checkHostPort(host.substring(hostColon + 1), ports, range);
    String suffix = "/" + (protocol.isEmpty() ? "tcp" : protocol.toLowerCase(Locale.ROOT));
    List<String> exposed = new ArrayList<>();
    for (int port = range.first; port <= range.last; port++) {
      exposed.add(port + suffix);
    }
    return exposed;
  }

  private static void checkAddress(String address) {
    boolean bracketed = address.startsWith("[") && address.endsWith("]");
    String bare = bracketed ? address.substring(1, address.length() - 1) : address;
    if (address.isEmpty()) {
      return;
    }
    try {
      InetAddress.ofLiteral(bare);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("invalid IP address: " + address);
    }
  }

  private static void checkHostPort(String host, String ports, Range range) {
    if (host.isEmpty()) {
      return;
    }
    Range hostRange = range(host, "invalid hostPort: ");
    if (range.last > range.first && range.last - range.first != hostRange.last - hostRange.first) {
      throw new IllegalArgumentException(
          "invalid ranges specified for container and host Ports: %s and %s"
              .formatted(ports, host));
    }
  }

  private static Range range(String ports, String problem) {
    int dash = ports.indexOf('-');
    String first = dash < 0 ? ports : ports.substring(0, dash);
    String last = dash < 0 ? ports : ports.substring(dash + 1);
    if (NUMBER.matcher(first).matches() && NUMBER.matcher(last).matches()) {
      long from = Long.parseLong(first);
      long to = Long.parseLong(last);
      if (from <= to && to <= LAST_PORT) {
        return new Range((int) from, (int) to);
      }
    }
    throw new IllegalArgumentException(problem + ports);
  }
}
