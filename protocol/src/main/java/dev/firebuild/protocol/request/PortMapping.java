package dev.firebuild.protocol.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.firebuild.protocol.Text;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A TCP port of the host that leads to a port of the guest, written {@code
 * [ADDRESS:]HOST:GUEST[/tcp]}.
 *
 * @param address IPv4 address of the host to listen on, {@code 127.0.0.1} if none is given
 * @param host port on the host, 1 to 65535
 * @param guest port in the guest, 1 to 65535
 */
public record PortMapping(String address, int host, int guest) {
  private static final Pattern FORM =
      Pattern.compile("(?:(\\d{1,3}(?:\\.\\d{1,3}){3}):)?(\\d{1,5}):(\\d{1,5})(?:/(\\w+))?");
  private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final int PORTS = 65535;

  public PortMapping {
    requirePort(host);
    requirePort(guest);
    if (!ADDRESS.matcher(address).matches()
        || Stream.of(address.split("\\.", -1)).anyMatch(part -> Integer.parseInt(part) > 255)) {
      throw new IllegalArgumentException(
          "port: " + Text.quote(address) + " is not an IPv4 address");
    }
  }

  /** Reads the text form; throws {@link IllegalArgumentException} if it has another. */
  @JsonCreator
  public static PortMapping parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "port %s: expected [ADDRESS:]HOST:GUEST, for example 8080:80"
              .formatted(Text.quote(text)));
    }
    String protocol = matcher.group(4);
    if (protocol != null && !protocol.equals("tcp")) {
      throw new IllegalArgumentException(
          "port %s: only tcp ports can be published".formatted(Text.quote(text)));
    }
    String address = matcher.group(1);
    return new PortMapping(
        address == null ? "127.0.0.1" : address,
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)));
  }

  private static void requirePort(int port) {
    if (port < 1 || port > PORTS) {
      throw new IllegalArgumentException("port %d: expected 1 to 65535".formatted(port));
    }
  }

  @JsonValue
  @Override
  public String toString() {
    return address + ":" + host + ":" + guest;
  }
}
