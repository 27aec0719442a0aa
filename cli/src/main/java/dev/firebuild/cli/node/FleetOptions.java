package dev.firebuild.cli.node;

import dev.firebuild.messaging.KafkaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of every part of a fleet: a process that works with others over a Kafka. */
final class FleetOptions {
  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Option(
      names = "--id",
      paramLabel = "NAME",
      description = "Name of this process, the same after a restart (default: drawn once).")
  private @Nullable String id;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Holds the API's bearer token; the same for all coordinators and workers (default: token"
              + " in the data folder, which a coordinator draws if there is none).")
  private @Nullable Path tokenFile;

  KafkaSettings kafka() throws IOException {
    return kafka.settings();
  }

  /** The name that is given. */
  Optional<String> id() {
    return Optional.ofNullable(id);
  }

  Path tokenFile(NodeFiles files) {
    return Optional.ofNullable(tokenFile).orElseGet(files::token);
  }
}
