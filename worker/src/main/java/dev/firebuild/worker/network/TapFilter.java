package dev.firebuild.worker.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules that join a machine's tap with the world and keep the guest off the host: one nft table
 * of family netdev in the machine's namespace. It filters before anything is forwarded, so it holds
 * for packets that the guest sends to 127.0.0.1 through its gateway too, and in a bridged network
 * for what no packet filter of the host sees.
 */
public final class TapFilter {
  static final String TABLE = "netdev vm";

  /** Nothing in the world has these addresses: the host itself may take them for its own. */
  private static final List<String> NEVER =
      List.of("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3");

  private static final List<String> PRIVATE =
      List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10");

  private TapFilter() {}

  /**
   * What a guest may reach.
   *
   * @param hostAddresses every IPv4 address of this host: none of them, but names are looked up
   * @param blockPrivate whether private ranges are closed too
   */
  public record Reach(List<String> hostAddresses, boolean blockPrivate) {
    public Reach {
      hostAddresses = List.copyOf(hostAddresses);
    }
  }

  /** The rules of a guest that reaches nobody but the worker's SSH session. */
  public static String closed() {
    return table(management(GuestLink.CLOSED), Optional.empty());
  }

  /**
   * The rules of a guest that is alone in its network: what else has an address there is a service
   * of the program that connects it with the world.
   *
   * @param world the network device that leads there
   */
  public static String alone(String world, GuestLink link, Reach reach) {
    List<String> ranges = concat(NEVER, reach.blockPrivate() ? PRIVATE : List.of(link.network()));
    String rules =
        toWorld(link)
            + """
                ip daddr { %s } counter drop
                fwd to "WORLD"
            """
                .formatted(blocked(ranges, reach.hostAddresses()));
    return table(
        (management(link) + rules).replace("WORLD", world), Optional.of(inwards(world, "")));
  }

  /**
   * The rules of a guest among others, whom it reaches: also where private ranges are closed. It
   * can pass for none of them.
   *
   * @param world the network device that leads there
   */
  public static String among(String world, GuestLink link, Reach reach) {
    String own =
        """
            ether saddr != MAC drop
        %s    ether type arp arp saddr ip != ADDRESS drop
            ether type ip ip saddr != ADDRESS drop
        """
            .formatted(management(link));
    String others =
        """
            icmp type echo-reply fwd to "WORLD"
            ip daddr { %s } counter drop
            ip daddr NETWORK fwd to "WORLD"
        %s    fwd to "WORLD"
        """
            .formatted(
                blocked(NEVER, concat(reach.hostAddresses(), link.broadcasts())),
                reach.blockPrivate()
                    ? "    ip daddr { %s } counter drop\n".formatted(String.join(", ", PRIVATE))
                    : "");
    // The worker's SSH server is the worker's alone.
    String incoming =
        """
            ip daddr { ADDRESS, 169.254.0.0/16 } tcp dport SSH drop
            ip daddr 169.254.0.0/16 drop
        """;
    return table(own + toWorld(link) + others, Optional.of(inwards(world, incoming)))
        .replace("WORLD", world)
        .replace("MAC", link.mac())
        .replace("ADDRESS", link.address())
        .replace("NETWORK", link.network())
        .replace("SSH", Integer.toString(Attachment.SSH_PORT));
  }

  /**
   * What leaves whatever its destination. A segment that does not open a connection can only answer
   * one: of a published port.
   */
  private static String toWorld(GuestLink link) {
    StringBuilder rules =
        new StringBuilder(
            """
                ether type arp fwd to "WORLD"
                ether type != ip drop
            """);
    for (String nameserver : link.names().nameservers()) {
      rules.append("    ip daddr %s udp dport 53 fwd to \"WORLD\"\n".formatted(nameserver));
      rules.append("    ip daddr %s tcp dport 53 fwd to \"WORLD\"\n".formatted(nameserver));
    }
    return rules.append("    tcp flags & (syn|ack) != syn fwd to \"WORLD\"\n").toString();
  }

  private static String blocked(List<String> ranges, List<String> hostAddresses) {
    Stream<String> others =
        hostAddresses.stream()
            .filter(address -> ranges.stream().noneMatch(range -> Ipv4.contains(range, address)))
            .distinct()
            .sorted();
    return Stream.concat(ranges.stream(), others).collect(Collectors.joining(", "));
  }

  private static List<String> concat(List<String> first, List<String> second) {
    List<String> both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }

  private static String management(GuestLink link) {
    return """
        arp daddr ip HOST accept
        ip saddr GUEST ip daddr HOST tcp sport SSH tcp flags & (syn|ack) != syn accept
        ip daddr HOST drop
    """
        .replace("HOST", link.management().host())
        .replace("GUEST", link.management().guest())
        .replace("SSH", Integer.toString(Attachment.SSH_PORT));
  }

  private static String inwards(String world, String rules) {
    return """
      chain in {
        type filter hook ingress device "%s" priority 0; policy drop;
    %s    ether type { ip, arp } fwd to "%s"
      }
    """
        .formatted(world, rules, Attachment.TAP);
  }

  private static String table(String out, Optional<String> in) {
    return """
    table %s {
      chain out {
        type filter hook ingress device "%s" priority 0; policy drop;
    %s  }
    %s}
    """
        .formatted(TABLE, Attachment.TAP, out, in.orElse(""));
  }
}
