package dev.firebuild.systemtest.mainpath;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a guest tries in order to reach its host. */
final class Probes {
  /**
   * A probe prints what it found; one at a listener of the guest's own shows that an open port
   * would be noticed.
   */
  private static final String FUNCTIONS =
      """
      probe() {
        if nc -w 5 "$1" "$2" -e /bin/true </dev/null 2>/dev/null; then
          echo "probe $1:$2 open"
        else
          echo "probe $1:$2 closed"
        fi
      }
      nc -ll -p 9 -e /bin/true </dev/null &
      until nc -w 1 127.0.0.1 9 -e /bin/true </dev/null 2>/dev/null; do :; done
      echo "control $(probe 127.0.0.1 9)"
      """;

  /**
   * Packets to 127.0.0.1 leave through the gateway, where a careless host takes them for its own.
   */
  private static final String LOOPBACK_THROUGH_THE_GATEWAY =
      """
      set -e
      echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
      ip address del 127.0.0.1/8 dev lo
      ip route add 127.0.0.0/8 via 10.0.2.2
      ip route flush table local dev lo
      set +e
      """;

  private Probes() {}

  /** Tries {@code ports} on the guest's idea of loopback, its gateway, and {@code host}. */
  static String script(String host, List<Integer> ports) {
    return FUNCTIONS + probes(List.of("127.0.0.1", "10.0.2.2", host), ports);
  }

  /** Tries {@code ports} on loopback addresses whose packets go to the gateway. */
  static String loopbackScript(List<Integer> ports) {
    return FUNCTIONS
        + LOOPBACK_THROUGH_THE_GATEWAY
        + probes(List.of("127.0.0.1", "127.0.0.2"), ports);
  }

  /** All at once, since a probe whose packets are dropped takes its whole time. */
  private static String probes(List<String> addresses, List<Integer> ports) {
    Stream<String> each =
        addresses.stream()
            .flatMap(address ->
                ports.stream().map(port -> "probe %s %d & p=\"$p $!\"\n".formatted(address, port)));
    return each.collect(Collectors.joining()) + "wait $p\n";
  }

  /** Fails unless {@code output} tells of {@code count} closed ports and of the open control. */
  static void assertClosed(String output, int count) {
    assertThat(output).contains("control probe 127.0.0.1:9 open");
    List<String> tried =
        output
            .lines()
            .filter(line -> line.matches("(#\\S+ \\S+ )?probe \\S+ (open|closed)"))
            .toList();
    assertThat(tried).hasSize(count).allMatch(line -> line.endsWith(" closed"));
  }
}
