package dev.firebuild.worker.network.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostNamesTest {
  @Test
  void aResolverOfTheHostItselfIsNoneForGuests() {
    List<String> lines =
        List.of(
            "# nameserver 9.9.9.9",
            "nameserver 127.0.0.53",
            "nameserver",
            "nameserver fd00::1",
            "nameserver\t192.0.2.53 ",
            "options edns0");

    assertThat(HostNames.of(lines).nameservers()).containsExactly("192.0.2.53");
  }
}
