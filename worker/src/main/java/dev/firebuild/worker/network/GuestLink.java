package dev.firebuild.worker.network;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The guest's end of its network: what it is told, and how the worker reaches it.
 *
 * @param address IPv4 address
 * @param prefixLength of the network that it lies in
 * @param gateway to everything; absent: there is no such way
 * @param routes further ways
 * @param names how names are looked up
 * @param mac of the guest's card
 * @param mtu of the guest's card
 * @param management the pair of addresses that SSH connects; in the user network the guest's is
 *     {@code address}
 */
public record GuestLink(
    String address,
    int prefixLength,
    Optional<String> gateway,
    List<Route> routes,
    Names names,
    String mac,
    int mtu,
    Management management) {

  /**
   * A way to a part of the world.
   *
   * @param destination in CIDR notation
   * @param gateway IPv4 address
   */
  public record Route(String destination, String gateway) {}

  /**
   * Where names are looked up (see resolv.conf(5)).
   *
   * @param nameservers IPv4 addresses
   * @param search domains
   * @param options of the resolver
   */
  public record Names(List<String> nameservers, List<String> search, List<String> options) {
    public static final Names NONE = new Names(List.of(), List.of(), List.of());

    /** The lines of the guest's {@code /etc/resolv.conf}. */
    public List<String> resolvConf() {
      return Stream.of(
              nameservers.stream().map("nameserver "::concat),
              line("search ", search),
              line("options ", options))
          .flatMap(lines -> lines)
          .toList();
    }

    private static Stream<String> line(String keyword, List<String> words) {
      return words.isEmpty() ? Stream.of() : Stream.of(keyword + String.join(" ", words));
    }
  }

  /**
   * Both ends of the worker's own way to the guest.
   *
   * @param guest the guest's address
   * @param host this host's inside the namespace
   */
  public record Management(String guest, String host) {
    /** Where the guest's own address is the host's inside the namespace, too: both have it. */
    public static final Management LINK_LOCAL = new Management("169.254.30.2", "169.254.30.1");

    public static final int PREFIX_LENGTH = 30;
  }

  /** In the namespace of slirp4netns (see slirp4netns(1)). */
  public static final GuestLink USER =
      new GuestLink(
          Attachment.GUEST_ADDRESS,
          Attachment.PREFIX_LENGTH,
          Optional.of(Attachment.GATEWAY),
          List.of(),
          new Names(List.of(Attachment.NAMESERVER), List.of(), List.of()),
          Attachment.GUEST_MAC,
          Attachment.MTU,
          new Management(Attachment.GUEST_ADDRESS, Attachment.MANAGEMENT_ADDRESS));

  /** Where nothing is reached. */
  public static final GuestLink CLOSED =
      new GuestLink(
          USER.address,
          USER.prefixLength,
          Optional.empty(),
          List.of(),
          Names.NONE,
          USER.mac,
          USER.mtu,
          USER.management);

  /** The guest's address with the length of its network's prefix. */
  public String cidr() {
    return address + "/" + prefixLength;
  }

  /** The range that the guest's address lies in, in CIDR notation. */
  public String network() {
    return Ipv4.network(address, prefixLength);
  }

  /** The addresses that everybody in the guest's network listens to. */
  List<String> broadcasts() {
    return Ipv4.broadcasts(address, prefixLength);
  }

  /** The guest's second address, in CIDR notation, if the worker needs one to reach it. */
  public Optional<String> secondAddress() {
    return management.guest().equals(address)
        ? Optional.empty()
        : Optional.of(management.guest() + "/" + Management.PREFIX_LENGTH);
  }
}
