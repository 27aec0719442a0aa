package dev.firebuild.cli.node;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How clients of other makes log in to the node's broker.
 *
 * @param bootstrap {@code host:port}
 * @param user for SASL/PLAIN
 * @param password letters, digits, {@code -} and {@code _}: needs no quoting anywhere
 */
record KafkaAccess(String bootstrap, String user, String password) {

  /** Whose settings are printed. */
  enum Format {
    /** The Java clients, and all that take their settings. */
    java,
    /** librdkafka and what is built on it: kcat, Go, Python, .NET, Rust. */
    librdkafka
  }

  /** A settings file: one {@code key=value} a line. */
  String properties(Format format) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("security.protocol", "SASL_PLAINTEXT");
    switch (format) {
      case java -> {
        settings.put("sasl.mechanism", "PLAIN");
        settings.put(
            "sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(user, password));
      }
      case librdkafka -> {
        settings.put("sasl.mechanisms", "PLAIN");
        settings.put("sasl.username", user);
        settings.put("sasl.password", password);
      }
    }
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
        .collect(Collectors.joining());
  }
}
