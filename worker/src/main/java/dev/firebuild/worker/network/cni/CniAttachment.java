package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.request.PortMapping;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What plugins are told of one attachment: the same for each, and the same until it is removed.
 *
 * @param containerId the machine's id
 * @param namespace absent: it is not there yet, or gone
 * @param arguments by the name of the capability that a plugin must have to get them
 */
record CniAttachment(
    String containerId, Optional<Path> namespace, Map<String, JsonNode> arguments) {
  /** The device that leads out of the namespace. */
  static final String DEVICE = "eth0";

  /** The convention for publishing ports. */
  static final String PORTS = "portMappings";

  private static final String EVERY_ADDRESS = "0.0.0.0";

  CniAttachment {
    arguments = Map.copyOf(arguments);
  }

  /** Of machine {@code id}, to which {@code ports} of this host shall lead. */
  static CniAttachment of(String id, List<PortMapping> ports) {
    if (ports.isEmpty()) {
      return new CniAttachment(id, Optional.empty(), Map.of());
    }
    ArrayNode mappings = Json.mapper().createArrayNode();
    ports.forEach(port -> mappings.add(mapping(port)));
    return new CniAttachment(id, Optional.empty(), Map.of(PORTS, mappings));
  }

  CniAttachment in(Optional<Path> now) {
    return new CniAttachment(containerId, now, arguments);
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
