package dev.firebuild.cli.node;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What a node and its parts can be told by a flag or, where the flag is not given, by a variable:
 * {@code --kafka-listen}, {@code FIREBUILD_KAFKA_LISTEN}. Other flags have no variable.
 */
enum Setting {
  DATA,
  HTTP,
  KAFKA_LISTEN,
  START_TIMEOUT,
  KEEP,
  BUILD_SLOTS,
  RUN_SLOTS,
  VMM,
  EVENT_SPOOL,
  KEEP_IMAGES,
  NETWORK_PROVIDER,
  CNI_NETWORK_NAME,
  CNI_CONF_DIR,
  CNI_BIN_DIR,
  CNI_CACHE_DIR,
  REACH_HOST,
  REACH_PRIVATE,
  KAFKA,
  KAFKA_PROPERTIES,
  TOPIC_PREFIX,
  REPLICATION,
  TOKEN_FILE,
  ID,
  BLOBS,
  KEEP_UPLOADS,
  COORDINATOR,
  IMAGES;

  /** The setting that {@code option} gives. */
  static Optional<Setting> of(OptionSpec option) {
    return Stream.of(values())
        .filter(setting -> setting.flag().equals(option.longestName()))
        .findFirst();
  }

  /** As on the command line. */
  String flag() {
    return "--" + label();
  }

  /** As in the environment. */
  String variable() {
    return EnvironmentKeys.PREFIX + name();
  }

  /** As people read it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
