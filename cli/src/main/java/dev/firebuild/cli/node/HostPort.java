package dev.firebuild.cli.node;

import dev.firebuild.protocol.Text;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens, or is found.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param port 0 to 65535; 0 means any free one
 */
public record HostPort(String host, int port) {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?:\\[(?<v6>[0-9a-fA-F:.]+)]|(?<host>[^\\s:\\[\\]]+)):)?(?<port>\\d{1,5})");

  public HostPort {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port %d: a port is 0 to 65535".formatted(port));
    }
  }

  /** Reads {@code PORT}, {@code HOST:PORT} or {@code [IPV6]:PORT}; without a host: 127.0.0.1. */
  public static HostPort parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "%s: expected PORT or HOST:PORT".formatted(Text.quote(text)));
    }
    String host = LOOPBACK;
    if (matcher.group("v6") != null) {
      host = matcher.group("v6");
    } else if (matcher.group("host") != null) {
      host = matcher.group("host");
    }
    return new HostPort(host, Integer.parseInt(matcher.group("port")));
  }

  /** {@code http://HOST:PORT}. */
  public String url() {
    return "http://" + this;
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
