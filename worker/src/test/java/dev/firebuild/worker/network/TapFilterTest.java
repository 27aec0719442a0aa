package dev.firebuild.worker.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.worker.network.GuestLink.Names;
import dev.firebuild.worker.network.TapFilter.Reach;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TapFilterTest {
  private static final GuestLink AMONG =
      new GuestLink(
          "10.88.1.5",
          16,
          Optional.of("10.88.0.1"),
          List.of(),
          new Names(List.of("10.88.0.1"), List.of(), List.of()),
          "0a:58:0a:58:01:05",
          1500,
          GuestLink.Management.LINK_LOCAL);

  private static String alone(boolean blockPrivate, String... hostAddresses) {
    return TapFilter.alone(
        "slirp0", GuestLink.USER, new Reach(List.of(hostAddresses), blockPrivate));
  }

  private static String among(boolean blockPrivate) {
    return TapFilter.among(
        "eth0", AMONG, new Reach(List.of("10.88.0.1", "127.0.0.1", "192.0.2.7"), blockPrivate));
  }

  @Test
  void everyAddressOfTheHostIsBlockedOnce() {
    String rules = alone(false, "127.0.0.1", "192.0.2.7", "192.0.2.7", "10.0.2.9");

    assertThat(rules)
        .contains(
            "ip daddr { 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3, 10.0.2.0/24, 192.0.2.7 }"
                + " counter drop");
  }

  @Test
  void privateRangesAreBlockedOnRequest() {
    String rules = alone(true, "192.168.1.5");

    assertThat(rules)
        .contains("10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 }")
        .doesNotContain("192.168.1.5");
  }

  @Test
  void amongOthersTheHostIsClosedBeforeTheOthersAreOpen() {
    assertThat(among(true))
        .containsSubsequence(
            "ip daddr 10.88.0.1 udp dport 53 fwd to \"eth0\"",
            "tcp flags & (syn|ack) != syn fwd to \"eth0\"",
            "224.0.0.0/3, 10.88.0.0, 10.88.0.1, 10.88.255.255, 192.0.2.7 } counter drop",
            "ip daddr 10.88.0.0/16 fwd to \"eth0\"",
            "ip daddr { 10.0.0.0/8,",
            "fwd to \"eth0\"");
    assertThat(among(false)).doesNotContain("10.0.0.0/8");
  }

  @Test
  void amongOthersNobodyPassesForAnother() {
    assertThat(among(false))
        .containsSubsequence(
            "ether saddr != 0a:58:0a:58:01:05 drop",
            "ip daddr 169.254.30.1 drop",
            "arp saddr ip != 10.88.1.5 drop",
            "ip saddr != 10.88.1.5 drop",
            "ether type arp fwd");
  }

  @Test
  void nobodyFromOutsideReachesTheGuestsSshServerOfTheWorker() {
    assertThat(among(false))
        .containsSubsequence(
            "device \"eth0\"", "tcp dport 30022 drop", "ether type { ip, arp } fwd to \"tap0\"");
  }

  @Test
  void aClosedNetworkForwardsNothing() {
    assertThat(TapFilter.closed()).contains("policy drop").doesNotContain("fwd");
  }

  @Test
  void rangesContainTheirAddresses() {
    assertThat(Ipv4.contains("172.16.0.0/12", "172.31.255.255")).isTrue();
    assertThat(Ipv4.contains("172.16.0.0/12", "172.32.0.0")).isFalse();
    assertThat(Ipv4.contains("224.0.0.0/3", "255.255.255.255")).isTrue();
    assertThat(Ipv4.network("172.31.255.255", 12)).isEqualTo("172.16.0.0/12");
    assertThat(Ipv4.network("255.255.255.255", 0)).isEqualTo("0.0.0.0/0");
  }

  @Test
  void aNetworkOfTwoHasNoBroadcasts() {
    assertThat(Ipv4.broadcasts("10.88.1.5", 24)).containsExactly("10.88.1.0", "10.88.1.255");
    assertThat(Ipv4.broadcasts("10.88.1.5", 31)).isEmpty();
    assertThat(Ipv4.broadcasts("10.88.1.5", 32)).isEmpty();
    assertThat(Ipv4.broadcasts("200.1.1.5", 0)).containsExactly("0.0.0.0", "255.255.255.255");
  }

  @Test
  void rangesAreAddressesWithAPrefix() {
    assertThat(Ipv4.isRange("10.1.0.5/16")).isTrue();
    assertThat(List.of("10.1.0.5", "10.1.0.256/16", "10.1.0.5/33", "fd00::5/64", "10.1.0.5/"))
        .noneMatch(Ipv4::isRange);
  }
}
