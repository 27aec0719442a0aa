package dev.firebuild.worker.network.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.network.GuestLink.Names;
import dev.firebuild.worker.network.GuestLink.Route;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CniResultTest {
  private static CniResult parse(String json) throws IOException {
    return CniResult.of("net", Json.mapper().readTree(json));
  }

  /** Of each version one, with fields that no version has. */
  @ParameterizedTest
  @ValueSource(strings = {"0.3.1", "0.4.0", "1.0.0", "1.1.0"})
  void everyVersionGivesTheGuestItsAddress(String version) throws IOException {
    try (InputStream in = CniResultTest.class.getResourceAsStream("result-" + version + ".json")) {
      CniResult result = CniResult.of("net", Json.mapper().readTree(in));

      assertThat(result.address()).isEqualTo("10.1.0.5/16");
      assertThat(result.gateway()).contains("10.1.0.1");
      assertThat(result.furtherRoutes()).containsExactly(new Route("10.96.0.0/12", "10.1.0.9"));
      assertThat(result.names())
          .isEqualTo(new Names(List.of("10.1.0.1"), List.of("example.test"), List.of("ndots:2")));
    }
  }

  @Test
  void withoutADefaultRouteThereIsNoGateway() throws IOException {
    CniResult result =
        parse("{\"ips\": [{\"address\": \"10.1.0.5/16\", \"gateway\": \"10.1.0.1\"}]}");

    assertThat(result.gateway()).isEmpty();
    assertThat(result.names()).isEqualTo(Names.NONE);
  }

  @Test
  void aWordThatIsNoneNeverComesIntoTheGuest() throws IOException {
    CniResult result =
        parse(
            """
            {"ips": [{"address": "10.1.0.5/16"}],
             "dns": {"nameservers": ["10.1.0.1\\noptions x", "fd00::1", "9.9.9.9"],
                     "search": ["a b", "ok.test"], "options": ["a\\nb"]}}
            """);

    assertThat(result.names())
        .isEqualTo(new Names(List.of("9.9.9.9"), List.of("ok.test"), List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"ips\": []}",
        "{\"ips\": [{\"address\": \"fd00::5/64\"}]}",
        "{\"ips\": [{\"address\": \"10.1.0.5; rm\"}]}",
        "{\"ips\": [{\"address\": \"10.1.0.5/16\", \"interface\": 0}], \"interfaces\": [{\"name\": \"br0\"}]}"
      })
  void aNetworkWithoutAnAddressForTheGuestIsAnError(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the network net gives no IPv4 address");
  }
}
