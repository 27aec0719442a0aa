package dev.firebuild.worker.network.cni;

import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.Network.Wish;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Adds machines to a network of the host and removes them. What is added is written down before:
 * with the configuration, since what added a machine must remove it.
 */
final class CniAttachments {
  private static final Logger LOG = LoggerFactory.getLogger(CniAttachments.class);

  private final CniSettings settings;
  private final Plugins plugins;
  private final CniCache cache;

  CniAttachments(Processes processes, CniSettings settings, Plugins.Limits limits) {
    this.settings = settings;
    plugins = new Plugins(processes, settings.pluginFolders(), limits);
    cache = new CniCache(settings.cache());
  }

  /**
   * What shall be added.
   *
   * @param file where it is written down
   */
  record Plan(Path file, CniRecord record, Chain chain) {}

  /** Fails unless a network is configured and its plugins are there and ready. */
  void requireUsable() throws IOException {
    Chain chain = Chain.of(plugins, configured());
    chain.status();
    NetworkConfig config = chain.config();
    if (config.plugins().stream().anyMatch(plugin -> plugin.type().equals(Chain.REDIRECT))) {
      LOG.atInfo()
          .addKeyValue("network", config.name())
          .addKeyValue("plugin", Chain.REDIRECT)
          .log("A plugin is not called: guests are connected by the worker, through its filter");
    }
  }

  private NetworkConfig configured() throws IOException {
    return new NetworkConfigs(settings.configurations()).load(settings.network());
  }

  /**
   * Writes down what shall be added.
   *
   * @throws IOException if the network is not usable, or does not publish ports, or not these
   */
  Plan begin(String id, MachineLayout files, Wish wish) throws IOException {
    Chain chain = Chain.of(plugins, configured());
    if (!wish.ports().isEmpty() && !chain.can(CniAttachment.PORTS)) {
      throw new IOException(
          "the network %s publishes no ports: none of its plugins has the capability portMappings; add {\"type\": \"portmap\", \"capabilities\": {\"portMappings\": true}} to its configuration"
              .formatted(chain.config().name()));
    }
    CniRecord record = CniRecord.of(CniAttachment.of(id, wish), chain.config());
    Path file = cache.file(chain.config().name(), id);
    DurableFiles.replace(files.cniResult(), file.toString().getBytes(StandardCharsets.UTF_8));
    cache.begin(file, record);
    return new Plan(file, record, chain);
  }

  /** Adds what is written down. */
  CniResult add(Plan plan, Path namespace) throws IOException {
    CniRecord record = plan.record().in(namespace);
    JsonNode result =
        plan.chain()
            .add(
                record.attachment(Optional.of(namespace)),
                answer -> CniCache.write(plan.file(), record.withResult(answer)));
    return CniResult.of(plan.chain().config().name(), result);
  }

  /** Asks the plugins whether all is in order. */
  void check(MachineLayout files, Optional<Path> namespace) throws IOException {
    Optional<Path> file = file(files);
    Optional<CniRecord> record = file.isPresent() ? CniCache.read(file.get()) : Optional.empty();
    Optional<JsonNode> result = record.flatMap(CniRecord::result);
    if (record.isEmpty() || result.isEmpty()) {
      throw new IOException("the results of the machine's CNI plugins were removed");
    }
    Chain.recorded(plugins, record.get().network())
        .check(record.get().attachment(namespace), result.get());
  }

  /** Removes what {@link #begin} wrote down, whether or not it was added. */
  void delete(String id, MachineLayout files, Optional<Path> namespace) throws IOException {
    Optional<Path> file = file(files);
    if (file.isEmpty()) {
      return; // It was not begun.
    }
    Optional<CniRecord> record = CniCache.read(file.get());
    if (record.isPresent()) {
      Chain.recorded(plugins, record.get().network())
          .delete(record.get().attachment(namespace), record.get().result());
    } else {
      // Plugins find what they have made by the machine's id, too.
      Chain.of(plugins, configured())
          .delete(CniAttachment.of(id, Wish.NONE).in(namespace), Optional.empty());
    }
    Files.deleteIfExists(file.get());
  }

  private static Optional<Path> file(MachineLayout files) throws IOException {
    try {
      return Optional.of(Path.of(Files.readString(files.cniResult())));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
