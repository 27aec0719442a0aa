package dev.firebuild.broker;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where a broker listens and how clients are let in.
 *
 * @param bootstrap {@code host:port}
 * @param user name for SASL/PLAIN
 * @param password letters, digits, {@code _} and {@code -}: it stands in a quoted setting
 */
public record BrokerAccess(String bootstrap, String user, String password) {
  private static final String USER = "firebuild";
  private static final Pattern PASSWORD = Pattern.compile("[A-Za-z0-9_-]{8,128}");

  public BrokerAccess {
    if (!PASSWORD.matcher(password).matches()) {
      throw new IllegalArgumentException(
          "the broker's password: expected 8 to 128 letters, digits, _ and -");
    }
  }

  static BrokerAccess onLoopback(int port, String password) {
    return new BrokerAccess("127.0.0.1:" + port, USER, password);
  }

  /** Settings for any Kafka client of the JVM. */
  public Map<String, String> clientProperties() {
    return Map.of(
        "bootstrap.servers",
        bootstrap,
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        login() + ";");
  }

  /** The login of both sides: a client logs in with it, a listener accepts it. */
  String listenerLogin() {
    return "%s user_%s=\"%s\";".formatted(login(), user, password);
  }

  private String login() {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\""
        .formatted(user, password);
  }

  @Override
  public String toString() {
    return user + "@" + bootstrap;
  }
}
