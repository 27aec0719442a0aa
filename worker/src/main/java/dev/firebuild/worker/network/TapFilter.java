package dev.firebuild.worker.network;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules that join a machine's tap with the world and keep the guest off the host: one nft table
 * of family netdev in the machine's namespace. It filters before anything is forwarded, so it holds
 * for packets that the guest sends to 127.0.0.1 through its gateway too.
 */
public final class TapFilter {
  static final String TABLE = "netdev vm";

  /** Nothing in the world has these addresses: the host itself may take them for its own. */
  private static final List<String> NEVER =
      List.of("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3");

  private static final String OWN_NETWORK = "10.0.2.0/24";
  private static final List<String> PRIVATE =
      List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10");

  private TapFilter() {}

  /** The rules of a guest that reaches nobody but the worker's SSH session. */
  public static String closed() {
    return table(management(), Optional.empty());
  }

  /**
   * The rules of a guest that reaches the world.
   *
   * @param world the network device that leads there
   * @param hostAddresses every IPv4 address of this host
   * @param blockPrivate whether private ranges are closed too
   */
  public static String open(String world, List<String> hostAddresses, boolean blockPrivate) {
    List<String> ranges =
        Stream.concat(NEVER.stream(), blockPrivate ? PRIVATE.stream() : Stream.of(OWN_NETWORK))
            .toList();
    String blocked =
        Stream.concat(
                ranges.stream(),
                hostAddresses.stream()
                    .filter(address -> ranges.stream().noneMatch(range -> contains(range, address)))
                    .distinct()
                    .sorted())
            .collect(Collectors.joining(", "));
    // A segment that does not open a connection can only answer one: of a published port.
    String forward =
        """
            ether type arp fwd to "WORLD"
            ether type != ip drop
            ip daddr NAMESERVER udp dport 53 fwd to "WORLD"
            ip daddr NAMESERVER tcp dport 53 fwd to "WORLD"
            tcp flags & (syn|ack) != syn fwd to "WORLD"
            ip daddr { BLOCKED } counter drop
            fwd to "WORLD"
        """
            .replace("WORLD", world)
            .replace("NAMESERVER", Attachment.NAMESERVER)
            .replace("BLOCKED", blocked);
    return table(management() + forward, Optional.of(world));
  }

  private static String management() {
    return """
        arp daddr ip HOST accept
        ip saddr GUEST ip daddr HOST tcp sport SSH tcp flags & (syn|ack) != syn accept
        ip daddr HOST drop
    """
        .replace("HOST", Attachment.MANAGEMENT_ADDRESS)
        .replace("GUEST", Attachment.GUEST_ADDRESS)
        .replace("SSH", Integer.toString(Attachment.SSH_PORT));
  }

  private static String table(String out, Optional<String> world) {
    String in =
        world
            .map(device ->
                """
                  chain in {
                    type filter hook ingress device "%s" priority 0; policy drop;
                    ether type { ip, arp } fwd to "%s"
                  }
                """
                    .formatted(device, Attachment.TAP))
            .orElse("");
    return """
    table %s {
      chain out {
        type filter hook ingress device "%s" priority 0; policy drop;
    %s  }
    %s}
    """
        .formatted(TABLE, Attachment.TAP, out, in);
  }

  /** Whether {@code range}, in CIDR notation, has {@code address}; both IPv4. */
  static boolean contains(String range, String address) {
    int slash = range.indexOf('/');
    int shift = 32 - Integer.parseInt(range.substring(slash + 1));
    return number(range.substring(0, slash)) >>> shift == number(address) >>> shift;
  }

  private static long number(String address) {
    long number = 0;
    for (String part : address.split("\\.", -1)) {
      number = number << 8 | Integer.parseInt(part);
    }
    return number;
  }
}
