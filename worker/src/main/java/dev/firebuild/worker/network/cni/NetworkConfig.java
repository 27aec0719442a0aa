package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A network as its operator configured it: plugins that are called one after the other.
 *
 * @param name of the network
 * @param versions of the specification that the configuration has been written for
 * @param checks whether the plugins may be asked whether an attachment is in order
 * @param inlineOnly whether plugins that lie in a folder of the network's name are none of it
 * @param plugins in the order of ADD
 */
record NetworkConfig(
    String name, List<String> versions, boolean checks, boolean inlineOnly, List<Plugin> plugins) {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
  private static final String PLUGINS = "plugins";

  NetworkConfig {
    versions = List.copyOf(versions);
    plugins = List.copyOf(plugins);
  }

  /**
   * One program and what it is told.
   *
   * @param type the program's file name
   * @param config all that its operator wrote
   */
  record Plugin(String type, ObjectNode config) {
    /** Whether it takes arguments of the kind {@code capability}. */
    boolean can(String capability) {
      return config.path("capabilities").path(capability).asBoolean(false);
    }
  }

  /**
   * Reads a list of plugins, or the configuration of a single one.
   *
   * @param file for messages
   * @throws IOException naming the file and what is wrong in it
   */
  static NetworkConfig parse(String file, byte[] json) throws IOException {
    ObjectNode root = object(file, json);
    String name = root.path("name").asString("");
    require(
        NAME.matcher(name).matches(),
        file,
        "name: expected a letter or digit, then letters, digits, _ . -");
    boolean single = !root.has(PLUGINS) && root.has("type");
    List<Plugin> plugins = new ArrayList<>();
    for (JsonNode plugin : single ? List.of(root) : root.path(PLUGINS).values()) {
      plugins.add(plugin(file, plugin));
    }
    return new NetworkConfig(
        name,
        versions(file, root),
        !flag(root, "disableCheck"),
        flag(root, "loadOnlyInlinedPlugins"),
        plugins);
  }

  /** Reads the configuration of one plugin of a network. */
  static Plugin parsePlugin(String file, byte[] json) throws IOException {
    return plugin(file, object(file, json));
  }

  NetworkConfig withMore(List<Plugin> more) {
    List<Plugin> all = new ArrayList<>(plugins);
    all.addAll(more);
    return new NetworkConfig(name, versions, checks, inlineOnly, all);
  }

  /** The same in one version: what is called must not change while an attachment lasts. */
  NetworkConfig in(CniVersion version) {
    return new NetworkConfig(name, List.of(version.toString()), checks, inlineOnly, plugins);
  }

  /** The same as one list of plugins, which {@link #parse} reads. */
  byte[] json() {
    ObjectNode root = Json.mapper().createObjectNode();
    root.put("name", name);
    root.put("cniVersion", versions.getFirst());
    ArrayNode offered = root.putArray("cniVersions");
    versions.forEach(offered::add);
    root.put("disableCheck", !checks);
    root.put("loadOnlyInlinedPlugins", true);
    ArrayNode list = root.putArray(PLUGINS);
    plugins.forEach(plugin -> list.add(plugin.config()));
    return Json.bytes(root);
  }

  private static ObjectNode object(String file, byte[] json) throws IOException {
    try {
      if (Json.mapper().readTree(json) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw new IOException("%s: no JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
    throw new IOException(file + ": expected a JSON object");
  }

  private static Plugin plugin(String file, JsonNode plugin) throws IOException {
    String type = plugin.path("type").asString("");
    require(NAME.matcher(type).matches(), file, "type: expected the file name of a plugin");
    if (plugin instanceof ObjectNode config) {
      return new Plugin(type, config);
    }
    throw new IOException(file + ": plugins: expected objects");
  }

  private static List<String> versions(String file, ObjectNode root) throws IOException {
    List<String> versions = new ArrayList<>();
    versions.add(root.path("cniVersion").asString(""));
    root.path("cniVersions").values().forEach(version -> versions.add(version.asString("")));
    versions.removeIf(String::isEmpty);
    require(
        !CniVersion.spoken(versions).isEmpty(),
        file,
        "cniVersion %s: expected one of %s"
            .formatted(versions.isEmpty() ? "is missing" : versions, CniVersion.all()));
    return versions.stream().distinct().toList();
  }

  /** Also written as text, as libcni takes it. */
  private static boolean flag(ObjectNode root, String name) {
    JsonNode value = root.path(name);
    return value.isString() ? value.asString().equals("true") : value.asBoolean(false);
  }

  private static void require(boolean holds, String file, String rule) throws IOException {
    if (!holds) {
      throw new IOException(file + ": " + rule);
    }
  }
}
