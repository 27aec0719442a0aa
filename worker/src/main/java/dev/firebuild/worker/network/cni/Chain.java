package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.network.cni.NetworkConfig.Plugin;
import dev.firebuild.worker.network.cni.Plugins.Command;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** The plugins of one network, called in their order. */
final class Chain {
  private static final Logger LOG = LoggerFactory.getLogger(Chain.class);

  /**
   * It joins what the plugins before it made with a tap, past every filter. The tap and the filter
   * of this worker do that.
   */
  static final String REDIRECT = "tc-redirect-tap";

  private final Plugins plugins;
  private final NetworkConfig config;
  private final CniVersion version;
  private final List<Plugin> called;

  private Chain(Plugins plugins, NetworkConfig config, CniVersion version, List<Plugin> called) {
    this.plugins = plugins;
    this.config = config;
    this.version = version;
    this.called = List.copyOf(called);
  }

  /**
   * That of a network as it is configured now.
   *
   * @throws IOException if a program is missing, or they speak no common version
   */
  static Chain of(Plugins plugins, NetworkConfig offered) throws IOException {
    List<Plugin> called = called(offered);
    if (called.isEmpty()) {
      throw new IOException("the network %s has no plugins to call".formatted(offered.name()));
    }
    for (Plugin plugin : called) {
      plugins.find(plugin.type());
    }
    CniVersion version = version(plugins, offered, called);
    return new Chain(plugins, offered.in(version), version, called);
  }

  /** That of an attachment that there is, or may be. */
  static Chain recorded(Plugins plugins, NetworkConfig config) {
    CniVersion version = CniVersion.spoken(config.versions()).getFirst();
    return new Chain(plugins, config, version, called(config));
  }

  private static List<Plugin> called(NetworkConfig config) {
    return config.plugins().stream().filter(plugin -> !plugin.type().equals(REDIRECT)).toList();
  }

  /** Takes what a plugin answered. */
  @FunctionalInterface
  interface ResultSink {
    void accept(JsonNode result) throws IOException;
  }

  /** The network's configuration, in the one version that is spoken. */
  NetworkConfig config() {
    return config;
  }

  /** Whether a plugin takes arguments of the kind {@code capability}. */
  boolean can(String capability) {
    return called.stream().anyMatch(plugin -> plugin.can(capability));
  }

  /** The newest version that the configuration offers; of several, one that all plugins speak. */
  private static CniVersion version(Plugins plugins, NetworkConfig offered, List<Plugin> called)
      throws IOException {
    List<CniVersion> candidates = CniVersion.spoken(offered.versions());
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    for (Plugin plugin : called) {
      Set<String> spoken = spoken(plugins, plugin.type(), candidates.getFirst());
      candidates =
          candidates.stream().filter(version -> spoken.contains(version.toString())).toList();
      if (candidates.isEmpty()) {
        throw new IOException(
            "the plugins of the network %s speak no version of the specification that its configuration offers (%s): %s speaks %s"
                .formatted(
                    offered.name(),
                    String.join(", ", offered.versions()),
                    plugin.type(),
                    spoken.stream().sorted().collect(Collectors.joining(", "))));
      }
    }
    return candidates.getFirst();
  }

  private static Set<String> spoken(Plugins plugins, String type, CniVersion version)
      throws IOException {
    String request = Json.text(Map.of("cniVersion", version.toString()));
    return plugins
        .run(Command.VERSION, type, request)
        .map(answer -> answer.path("supportedVersions"))
        .stream()
        .flatMap(JsonNode::valueStream)
        .map(text -> text.asString(""))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Adds the attachment.
   *
   * @param sink takes the result of each plugin before the next one is called
   * @return that of the last one
   * @throws IOException if a plugin refuses; what was added then is still there
   */
  JsonNode add(CniAttachment attachment, ResultSink sink) throws IOException {
    Optional<JsonNode> result = Optional.empty();
    for (Plugin plugin : called) {
      Optional<JsonNode> answer = call(Command.ADD, plugin, attachment, result);
      if (answer.isEmpty()) {
        throw CniException.nonsense(plugin.type(), Command.ADD.name(), "nothing");
      }
      result = answer;
      sink.accept(answer.get());
    }
    return result.orElseThrow();
  }

  /** Asks whether the attachment is in order; nothing happens where that is not provided for. */
  void check(CniAttachment attachment, JsonNode result) throws IOException {
    if (!version.hasCheck() || !config.checks()) {
      return;
    }
    for (Plugin plugin : called) {
      call(Command.CHECK, plugin, attachment, Optional.of(result));
    }
  }

  /**
   * Removes the attachment, as far as it is there: every plugin is called, also when one fails.
   *
   * @param result the last one of ADD
   * @throws IOException the first failure, with the others
   */
  void delete(CniAttachment attachment, Optional<JsonNode> result) throws IOException {
    Optional<IOException> failure = Optional.empty();
    for (Plugin plugin : called.reversed()) {
      try {
        call(Command.DEL, plugin, attachment, result.filter(_ -> version.hasCheck()));
      } catch (IOException e) {
        failure.ifPresent(e::addSuppressed);
        failure = Optional.of(e);
      }
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  /** Asks whether the plugins can add anything, where the version has a question for that. */
  void status() throws IOException {
    if (version.hasStatus()) {
      for (Plugin plugin : called) {
        String request =
            PluginRequest.of(config.name(), version, plugin, Map.of(), Optional.empty());
        plugins.run(Command.STATUS, plugin.type(), request);
      }
    }
  }

  private Optional<JsonNode> call(
      Command command, Plugin plugin, CniAttachment attachment, Optional<JsonNode> previous)
      throws IOException {
    LOG.atDebug()
        .addKeyValue("machine", attachment.containerId())
        .addKeyValue("network", config.name())
        .addKeyValue("plugin", plugin.type())
        .addKeyValue("command", command)
        .log("CNI plugin called");
    return plugins.run(
        command,
        plugin.type(),
        attachment,
        PluginRequest.of(config.name(), version, plugin, attachment.arguments(), previous));
  }
}
