package dev.firebuild.systemtest.bench;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.systemtest.fake.FakeWorkerMain;
import dev.firebuild.systemtest.harness.Checkout;
import dev.firebuild.systemtest.harness.FreePorts;
import dev.firebuild.systemtest.harness.Program;
import dev.firebuild.worker.host.DurableFiles;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A broker, coordinators as users start them, and workers with fake engines, each a process of its
 * own, on ports and in a folder of their own.
 */
final class Rig implements AutoCloseable {
  private static final String TOKEN = "the-token-of-this-measurement";
  private static final String PASSWORD = "a-bench-password";

  private final Path folder;
  private final BrokerProcess broker;
  private final Children children = new Children();
  private final KafkaSettings kafka;
  private long lives;

  private Rig(Path folder, BrokerProcess broker) {
    this.folder = folder;
    this.broker = broker;
    this.kafka = KafkaSettings.of(broker.access().clientProperties());
  }

  /** Starts the broker. */
  static Rig start() throws IOException, InterruptedException {
    Path folder = BenchFolder.create();
    Rig rig =
        new Rig(
            folder,
            BrokerProcess.start(
                BrokerProcess.Options.like(
                    folder.resolve("kafka"),
                    0,
                    PASSWORD,
                    folder.resolve("broker.log"),
                    Duration.ofSeconds(90))));
    Files.writeString(folder.resolve("token"), TOKEN);
    Properties properties = new Properties();
    properties.putAll(rig.kafka.client());
    try (Writer out = Files.newBufferedWriter(folder.resolve("kafka.properties"))) {
      properties.store(out, null);
    }
    return rig;
  }

  /** A running part; {@code api} of a coordinator. */
  record Coordinator(Process process, Wire.Api api) {}

  Coordinator coordinator(String id) throws IOException, InterruptedException {
    int port = FreePorts.one();
    Program program =
        Program.of(
            Checkout.find().launcher().toString(),
            "coordinator",
            "--id",
            id,
            "--data",
            folder.resolve(id).toString(),
            "--kafka-properties",
            folder.resolve("kafka.properties").toString(),
            "--token-file",
            folder.resolve("token").toString(),
            "--http",
            String.valueOf(port));
    Process process =
        children.start(
            program.builder(), folder.resolve(id + ".log"), "coordinator %s is up".formatted(id));
    return new Coordinator(process, new Wire.Api(URI.create("http://127.0.0.1:" + port), TOKEN));
  }

  /** A worker of two build slots; a name that was there before is that worker restarted. */
  Process worker(String id) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(id, Long.toString(++lives)));
    kafka.client().forEach((name, value) -> arguments.addAll(List.of(name, value)));
    return child(FakeWorkerMain.class, id, "OPEN", arguments);
  }

  /** {@code main} with this process' classes; returns when it has said {@code word}. */
  Process child(Class<?> main, String name, String word, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    return children.start(new ProcessBuilder(command), folder.resolve(name + ".log"), word);
  }

  KafkaSettings kafka() {
    return kafka;
  }

  Path folder() {
    return folder;
  }

  static String token() {
    return TOKEN;
  }

  @Override
  public void close() throws IOException {
    children.close();
    broker.close();
    DurableFiles.deleteTree(folder);
  }
}
