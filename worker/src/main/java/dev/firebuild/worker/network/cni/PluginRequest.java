package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.Json;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a plugin reads: its configuration with what is of this call. */
final class PluginRequest {
  private PluginRequest() {}

  /**
   * The text of a request.
   *
   * @param network the name
   * @param arguments of all capabilities that this worker offers
   * @param previous the result so far, or of the whole ADD
   */
  static String of(
      String network,
      CniVersion version,
      NetworkConfig.Plugin plugin,
      Map<String, JsonNode> arguments,
      Optional<JsonNode> previous) {
    ObjectNode request = plugin.config().deepCopy();
    request.remove("capabilities");
    request.put("name", network);
    request.put("cniVersion", version.toString());
    ObjectNode runtime = Json.mapper().createObjectNode();
    arguments.forEach((capability, argument) -> {
      if (plugin.can(capability)) {
        runtime.set(capability, argument);
      }
    });
    if (!runtime.isEmpty()) {
      request.set("runtimeConfig", runtime);
    }
    previous.ifPresent(result -> request.set("prevResult", result));
    return Json.text(request);
  }
}
