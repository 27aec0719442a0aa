package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.network.Network.Wish;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What plugins are told of one attachment: the same for each, and the same until it is removed.
 *
 * @param containerId the machine's id
 * @param namespace absent: it is not there yet, or gone
 * @param arguments by the name of the capability that a plugin must have to get them
 * @param generic what every plugin gets, and may pass over
 */
record CniAttachment(
    String containerId,
    Optional<Path> namespace,
    Map<String, JsonNode> arguments,
    Map<String, String> generic) {
  /** The device that leads out of the namespace. */
  static final String DEVICE = "eth0";

  /** The convention for publishing ports. */
  static final String PORTS = "portMappings";

  /** The convention for asking for addresses. */
  private static final String ADDRESSES = "ips";

  private static final String EVERY_ADDRESS = "0.0.0.0";

  CniAttachment {
    arguments = Map.copyOf(arguments);
    generic = Map.copyOf(generic);
  }

  /** Of machine {@code id}, which asks for {@code wish}. */
  static CniAttachment of(String id, Wish wish) {
    Map<String, JsonNode> arguments = new HashMap<>();
    if (!wish.ports().isEmpty()) {
      ArrayNode mappings = Json.mapper().createArrayNode();
      wish.ports().forEach(port -> mappings.add(mapping(port)));
      arguments.put(PORTS, mappings);
    }
    wish.address()
        .ifPresent(
            address -> arguments.put(ADDRESSES, Json.mapper().createArrayNode().add(address)));
    // Plugins that know no capability for it know this.
    Map<String, String> generic =
        wish.address().map(address -> Map.of("IgnoreUnknown", "1", "IP", address)).orElse(Map.of());
    return new CniAttachment(id, Optional.empty(), arguments, generic);
  }

  CniAttachment in(Optional<Path> now) {
    return new CniAttachment(containerId, now, arguments, generic);
  }

  /** As it stands in the environment of plugins. */
  String genericText() {
    return generic.entrySet().stream()
        .map(argument -> argument.getKey() + "=" + argument.getValue())
        .sorted()
        .collect(Collectors.joining(";"));
  }

  private static ObjectNode mapping(PortMapping port) {
    ObjectNode mapping = Json.mapper().createObjectNode();
    mapping.put("hostPort", port.host());
    mapping.put("containerPort", port.guest());
    mapping.put("protocol", "tcp");
    if (!port.address().equals(EVERY_ADDRESS)) {
      mapping.put("hostIP", port.address());
    }
    return mapping;
  }
}
