package dev.firebuild.systemtest.bench;

import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.systemtest.engine.Supplies;
import dev.firebuild.systemtest.harness.TestNode;
import dev.firebuild.worker.host.DurableFiles;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** A whole node with a kernel and the image {@code busybox}. Making the image needs root. */
final class RealNode implements AutoCloseable {
  private final Path folder;
  private final TestNode node;

  private RealNode(Path folder, TestNode node) {
    this.folder = folder;
    this.node = node;
  }

  static RealNode start() throws IOException, InterruptedException {
    Path folder = BenchFolder.create();
    RealNode real = new RealNode(folder, TestNode.on(folder.resolve("n")));
    try {
      real.node.up();
      Supplies.install(real.node::command);
      return real;
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      real.close();
      throw e;
    }
  }

  Wire.Api api() throws IOException {
    return new Wire.Api(URI.create(node.url()), node.token());
  }

  KafkaSettings kafka() throws IOException, InterruptedException {
    Properties properties = new Properties();
    properties.load(new StringReader(node.firebuild("kafka-properties").stdout()));
    Map<String, String> client = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> client.put(key, properties.getProperty(key)));
    return KafkaSettings.of(client);
  }

  /** An empty folder of the measurement. */
  Path folder() {
    return folder;
  }

  TestNode node() {
    return node;
  }

  @Override
  public void close() throws IOException {
    node.close();
    DurableFiles.deleteTree(folder);
  }
}
