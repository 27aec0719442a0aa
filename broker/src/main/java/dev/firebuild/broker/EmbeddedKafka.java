package dev.firebuild.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * One Kafka broker and controller in this JVM, its log kept in a folder. Every listener demands
 * SASL/PLAIN.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final String META = "meta.properties";

  private final KafkaRaftServer server;
  private final BrokerAccess access;

  private EmbeddedKafka(KafkaRaftServer server, BrokerAccess access) {
    this.server = server;
    this.access = access;
  }

  /**
   * Starts on {@code dataDir}, which is made and formatted if need be.
   *
   * @param password of the user {@code firebuild}: letters, digits, {@code _} and {@code -}
   * @param port on 127.0.0.1; 0: a free one
   * @throws BrokerException saying why it cannot start: port in use, folder not writable or in use
   */
  public static EmbeddedKafka start(Path dataDir, String password, int port) {
    int broker = port == 0 ? Ports.free() : Ports.requireFree(port);
    BrokerAccess access = BrokerAccess.onLoopback(broker, password);
    try {
      Files.createDirectories(dataDir);
      if (!Files.exists(dataDir.resolve(META))) {
        format(dataDir);
      }
    } catch (IOException e) {
      throw new BrokerException(
          "cannot prepare the broker's data folder %s: %s; choose a folder that this user can write"
              .formatted(dataDir, e),
          e);
    }
    Map<String, String> settings = BrokerSettings.of(dataDir, access, Ports.free());
    KafkaRaftServer server;
    try {
      server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
      server.startup();
    } catch (RuntimeException e) {
      throw new BrokerException(
          "cannot start the broker on %s with its data in %s: %s"
              .formatted(access.bootstrap(), dataDir, e.getMessage()),
          e);
    }
    return new EmbeddedKafka(server, access);
  }

  /** Starts on a free port with a password of its own: what tests need. */
  public static EmbeddedKafka start(Path dataDir) {
    byte[] password = new byte[16];
    RandomGenerator.of("SecureRandom").nextBytes(password);
    return start(dataDir, HexFormat.of().formatHex(password), 0);
  }

  private static void format(Path dataDir) throws IOException {
    try {
      new Formatter()
          .setPrintStream(System.err)
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(BrokerSettings.NODE_ID)
          .setControllerListenerName(BrokerSettings.CONTROLLER)
          .setMetadataLogDirectory(dataDir.toString())
          .setDirectories(List.of(dataDir.toString()))
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("formatting failed: " + e.getMessage(), e);
    }
  }

  /** Where clients find this broker and how they are let in. */
  public BrokerAccess access() {
    return access;
  }

  /** Stops in an orderly way; close clients first. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
