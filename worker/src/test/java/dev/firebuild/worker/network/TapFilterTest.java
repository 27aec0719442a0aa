package dev.firebuild.worker.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TapFilterTest {
  @Test
  void everyAddressOfTheHostIsBlockedOnce() {
    String rules =
        TapFilter.open("slirp0", List.of("127.0.0.1", "192.0.2.7", "192.0.2.7", "10.0.2.9"), false);

    assertThat(rules)
        .contains(
            "ip daddr { 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3, 10.0.2.0/24, 192.0.2.7 }"
                + " counter drop");
  }

  @Test
  void privateRangesAreBlockedOnRequest() {
    String rules = TapFilter.open("slirp0", List.of("192.168.1.5"), true);

    assertThat(rules)
        .contains("10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 }")
        .doesNotContain("192.168.1.5");
  }

  @Test
  void aClosedNetworkForwardsNothing() {
    assertThat(TapFilter.closed()).contains("policy drop").doesNotContain("fwd");
  }

  @Test
  void rangesContainTheirAddresses() {
    assertThat(TapFilter.contains("172.16.0.0/12", "172.31.255.255")).isTrue();
    assertThat(TapFilter.contains("172.16.0.0/12", "172.32.0.0")).isFalse();
    assertThat(TapFilter.contains("224.0.0.0/3", "255.255.255.255")).isTrue();
  }
}
