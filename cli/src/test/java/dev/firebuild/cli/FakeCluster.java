package dev.firebuild.cli;

import dev.firebuild.broker.EmbeddedKafka;
import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.command.CliContext;
import dev.firebuild.cli.command.Packing;
import dev.firebuild.coordinator.Coordinator;
import dev.firebuild.coordinator.CoordinatorConfig;
import dev.firebuild.messaging.DeadLetters;
import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.Tailer;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.recordcheck.CheckedClient;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A broker, a coordinator, and somebody who answers requests as workers and owner do: builds whose
 * tag says {@code fail} fail, {@code sleep} VMs run until they are stopped, others echo their
 * command and end with its length.
 */
final class FakeCluster {
  static final String TOKEN = "0123456789abcdef-test";
  static final Digest DIGEST = new Digest("sha256:" + "d".repeat(64));

  private final EmbeddedKafka broker;
  private final KafkaSettings kafka;
  private final KafkaProducer<String, byte[]> producer;
  private final Coordinator coordinator;
  private final Tailer worker;
  private final Map<String, RunRequest> running = new ConcurrentHashMap<>();
  private long seq;

  FakeCluster(Path data) throws Exception {
    broker = EmbeddedKafka.start(data.resolve("kafka"));
    kafka = KafkaSettings.of(broker.access().clientProperties());
    producer =
        new KafkaProducer<>(
            new HashMap<String, Object>(kafka.client()),
            new StringSerializer(),
            new ByteArraySerializer());
    coordinator =
        Coordinator.start(
            new CoordinatorConfig(
                "coordinator-a",
                kafka,
                "127.0.0.1",
                0,
                new BearerToken(TOKEN),
                data.resolve("blobs")));
    Topics topics = kafka.topics();
    worker =
        Tailer.start(
            kafka,
            "fake-worker",
            List.of(
                Tailer.Subscription.fromBeginning(topics.buildRequests()),
                Tailer.Subscription.fromBeginning(topics.runRequests()),
                Tailer.Subscription.fromBeginning(topics.commands())),
            IsolationLevel.READ_UNCOMMITTED,
            this::work);
  }

  void close() {
    worker.close();
    coordinator.close();
    producer.close();
    broker.close();
  }

  /** A request that nobody could do. */
  void bury(String source, String value, String reason) {
    var _ =
        producer.send(
            DeadLetters.of(
                kafka.topics().deadLetters(),
                null,
                value.getBytes(StandardCharsets.UTF_8),
                source,
                reason));
    producer.flush();
  }

  boolean isReady() {
    return coordinator.isReady();
  }

  /** What a command printed, and its exit code. */
  record Result(int code, String out, String err) {}

  Result run(String... arguments) {
    return runWithInput("", arguments);
  }

  Result runWithInput(String input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Packing packing =
        (folder, dockerfile, tar, listener) -> {
          throw new AssertionError("no context in these tests");
        };
    CliContext context =
        new CliContext(
            Map.of("FIREBUILD_URL", coordinator.url(), "FIREBUILD_TOKEN", TOKEN, "OWN", "mine"),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            "nobody",
            Path.of("/nonexistent"),
            InstantSource.system(),
            packing,
            () -> CheckedClient.of(ApiClient.http()));
    int code = Main.commandLine(context).execute(arguments);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The same as a process of its own, with its errors in the file {@code errors}. */
  Process start(Path errors, String... arguments) throws IOException {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    argv.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    argv.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    argv.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(argv).redirectError(errors.toFile());
    process.environment().put("FIREBUILD_URL", coordinator.url());
    process.environment().put("FIREBUILD_TOKEN", TOKEN);
    return process.start();
  }

  private void work(ConsumerRecord<String, byte[]> record) {
    if (record.topic().equals(kafka.topics().buildRequests())) {
      build(Json.read(record.value(), BuildRequest.class));
    } else if (record.topic().equals(kafka.topics().runRequests())) {
      run(Json.read(record.value(), RunRequest.class));
    } else {
      command(record.key(), Json.read(record.value(), Command.class));
    }
  }

  private void build(BuildRequest request) {
    String id = request.id().orElseThrow();
    document(build(id, request, BuildDocument.Phase.RUNNING, Optional.empty()));
    event(id, new BuildEvent.Started("worker-a", request.tag()));
    event(
        id,
        new BuildEvent.Planned(
            List.of(
                new BuildEvent.Planned.Stage(
                    0,
                    "0",
                    "scratch",
                    List.of(new BuildEvent.Planned.Step(1, "[1/1] COPY . /", 2, 2))))));
    event(id, new BuildEvent.StepStarted(1));
    event(id, new BuildEvent.Log(1, LogChunk.of("stdout", utf8("copying\n"))));
    if (request.tag().contains("fail")) {
      Failure failure =
          new Failure(
              FailureCode.STEP_FAILED,
              "COPY . / failed",
              Optional.of("COPY . /"),
              Optional.of(2),
              Optional.of(2),
              Optional.of(1));
      document(build(id, request, BuildDocument.Phase.FAILED, Optional.of(failure)));
      event(id, new BuildEvent.Failed(failure));
    } else if (!request.tag().contains("hang")) {
      succeed(id, request);
    }
  }

  private void succeed(String id, BuildRequest request) {
    event(id, new BuildEvent.StepFinished(1, 5));
    document(build(id, request, BuildDocument.Phase.SUCCEEDED, Optional.empty()));
    if (request.source() instanceof Source.Kernel) {
      document(new KernelDocument(request.tag(), DIGEST, id, "worker-a", Instant.now()));
      event(id, new BuildEvent.Succeeded(request.tag(), DIGEST, 5, Optional.empty()));
    } else {
      ImageSummary image = new ImageSummary(DIGEST, List.of(DIGEST), 1234, id, "worker-a");
      event(id, new BuildEvent.Succeeded(request.tag(), DIGEST, 5, Optional.of(image)));
      document(new ImageDocument(request.tag(), image, Instant.now()));
    }
  }

  private void run(RunRequest request) {
    String id = request.id().orElseThrow();
    VmEvent.Running started =
        new VmEvent.Running("worker-a", "host", "qemu-tcg", 42, "10.0.2.15", 24, request.ports());
    if (request.command().contains("cannot-start")) {
      Failure failure = Failure.of(FailureCode.HOST, "the port is taken");
      document(vm(id, request, VmDocument.Phase.FAILED, Optional.empty(), Optional.empty()));
      event(id, new VmEvent.Failed(failure));
      return;
    }
    document(vm(id, request, VmDocument.Phase.RUNNING, Optional.of(started), Optional.empty()));
    event(id, started);
    String command = String.join(" ", request.command()) + request.env();
    event(id, new VmEvent.Log(0, LogChunk.of("stdout", utf8(command + "\n"))));
    running.put(id, request);
    if (!request.command().contains("sleep")) {
      exit(id, request.command().size(), "exited");
    }
  }

  private void command(String id, Command command) {
    switch (command) {
      case Command.Stop _ -> exit(id, 143, "stopped");
      case Command.Kill _ -> exit(id, 137, "killed");
      case Command.Remove(boolean force, Optional<Command.Remove.Kind> kind) -> {
        if (kind.equals(Optional.of(Command.Remove.Kind.IMAGE))) {
          tombstone(ImageDocument.key(id));
        } else {
          if (force) {
            exit(id, 137, "killed");
          }
          tombstone(VmDocument.key(id));
        }
      }
      case Command.Cancel(Optional<String> reason) -> {
        document(build(id, request(id), BuildDocument.Phase.CANCELLED, Optional.empty()));
        event(id, new BuildEvent.Cancelled(reason.orElse("no reason")));
      }
    }
  }

  private static BuildRequest request(String id) {
    return Json.read(
            utf8("{\"tag\":\"hang\",\"source\":{\"dockerfile\":\"FROM scratch\"}}"),
            BuildRequest.class)
        .withId(id);
  }

  private void exit(String id, int code, String reason) {
    RunRequest request = running.remove(id);
    if (request != null) {
      document(vm(id, request, VmDocument.Phase.EXITED, Optional.empty(), Optional.of(code)));
      event(id, new VmEvent.Exited(Optional.of(code), reason));
    }
  }

  private static BuildDocument build(
      String id, BuildRequest request, BuildDocument.Phase phase, Optional<Failure> failure) {
    return new BuildDocument(
        id,
        request,
        phase,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        failure,
        Instant.now(),
        Optional.of(Instant.now()),
        phase.isSettled() ? Optional.of(Instant.now()) : Optional.empty(),
        List.of());
  }

  private static VmDocument vm(
      String id,
      RunRequest request,
      VmDocument.Phase phase,
      Optional<VmEvent.Running> started,
      Optional<Integer> exitCode) {
    return new VmDocument(
        id,
        request,
        phase,
        1,
        Optional.empty(),
        VmDocument.Desired.RUN,
        true,
        started,
        exitCode,
        Optional.empty(),
        Optional.empty(),
        Instant.now(),
        Optional.of(Instant.now()),
        phase.isSettled() ? Optional.of(Instant.now()) : Optional.empty(),
        List.of());
  }

  private void document(Document document) {
    send(
        new ProducerRecord<>(
            kafka.topics().state(), document.key(), DocumentCodec.encode(document)));
  }

  private void tombstone(String key) {
    send(new ProducerRecord<>(kafka.topics().state(), key, null));
  }

  private void event(String subject, EventData data) {
    seq++;
    send(
        EventCodec.encode(
            kafka.topics().events(),
            new Event("i1-" + seq, "worker-a", subject, Instant.now(), 1, "i1", seq, data),
            Optional.empty()));
  }

  private void send(ProducerRecord<String, byte[]> record) {
    var _ = producer.send(record);
    producer.flush();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
