package dev.firebuild.worker.network.cni;

import dev.firebuild.worker.network.GuestLink.Names;
import dev.firebuild.worker.network.GuestLink.Route;
import dev.firebuild.worker.network.Ipv4;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What of a result of ADD concerns a guest: IPv4 in the namespace. Versions 0.3 to 1.1 have the
 * same form there; what else there is is passed over.
 *
 * @param address in CIDR notation
 * @param routes ways to the world, the default one among them
 * @param names of the network; nothing in it if the network has none
 */
record CniResult(String address, List<Route> routes, Names names) {
  private static final String EVERYTHING = "0.0.0.0/0";

  /** A word of resolv.conf: it becomes a line of a file in the guest. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._:-]{1,255}");

  CniResult {
    routes = List.copyOf(routes);
  }

  /**
   * Reads a result.
   *
   * @throws IOException if it gives a guest no address
   */
  static CniResult of(String network, JsonNode result) throws IOException {
    JsonNode ip =
        result
            .path("ips")
            .valueStream()
            .filter(candidate -> Ipv4.isRange(candidate.path("address").asString("")))
            .filter(candidate -> isInside(result, candidate))
            .findFirst()
            .orElseThrow(() ->
                new IOException(
                    "the network %s gives no IPv4 address; a guest needs one: add ipam to its first plugin"
                        .formatted(network)));
    Optional<String> gateway = address(ip.path("gateway"));
    List<Route> routes =
        result
            .path("routes")
            .valueStream()
            .filter(route -> Ipv4.isRange(route.path("dst").asString("")))
            .flatMap(route ->
                address(route.path("gw")).or(() -> gateway).stream()
                    .map(via -> new Route(route.path("dst").asString(""), via)))
            .toList();
    return new CniResult(ip.path("address").asString(""), routes, names(result.path("dns")));
  }

  /** Without an index it is the only one. */
  private static boolean isInside(JsonNode result, JsonNode ip) {
    JsonNode index = ip.path("interface");
    return !index.isInt()
        || !result.path("interfaces").path(index.asInt()).path("sandbox").asString("").isEmpty();
  }

  private static Optional<String> address(JsonNode text) {
    return Optional.of(text.asString("")).filter(Ipv4::isAddress);
  }

  private static Names names(JsonNode dns) {
    List<String> search = words(dns.path("search")).toList();
    return new Names(
        words(dns.path("nameservers")).filter(Ipv4::isAddress).toList(),
        search.isEmpty() ? words(dns.path("domain")).toList() : search,
        words(dns.path("options")).toList());
  }

  private static Stream<String> words(JsonNode texts) {
    Stream<JsonNode> all = texts.isString() ? Stream.of(texts) : texts.valueStream();
    return all.map(text -> text.asString("")).filter(text -> WORD.matcher(text).matches());
  }

  /** The way to everything that has no way of its own. */
  Optional<String> gateway() {
    return routes.stream()
        .filter(route -> route.destination().equals(EVERYTHING))
        .map(Route::gateway)
        .findFirst();
  }

  /** The ways to parts of the world. */
  List<Route> furtherRoutes() {
    return routes.stream().filter(route -> !route.destination().equals(EVERYTHING)).toList();
  }
}
