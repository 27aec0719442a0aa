package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.EmbeddedKafka;
import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.ImageEvent;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.systemtest.engine.TestKernel;
import dev.firebuild.worker.Worker;
import dev.firebuild.worker.WorkerConfig;
import dev.firebuild.worker.guest.kernel.Kernel;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.image.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A whole worker with a real broker, a real owner and real VMs. */
@Tag("real")
@SuppressWarnings("NullAway.Init")
class WholeWorkerTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String TOKEN = "the-token-of-this-test";

  private final Processes processes = Processes.of(System.getenv());
  private Path root;
  private EmbeddedKafka broker;
  private Installation all;
  private Digest image;

  @BeforeEach
  void start() throws Exception {
    // Short: a socket's path has at most 107 bytes.
    root = Files.createTempDirectory("fbw");
    broker = EmbeddedKafka.start(root.resolve("kafka"));
    all = new Installation(broker.access().clientProperties());
    all.owner("c1");
    try (InputStream in = Files.newInputStream(TestKernel.file(processes))) {
      name(new KernelStore(config().roots().kernels()).importFrom("default", in));
    }
    image = publish(1);
  }

  @AfterEach
  void stop() throws Exception {
    all.close();
    broker.close();
    DurableFiles.deleteTree(root);
  }

  @Test
  void aVmOutlivesItsWorkerAndIsRemovedByTheNext() throws Exception {
    // Given
    try (Worker worker = start(config())) {
      run(
          "v1",
          "i=0; while [ $i -lt 40 ]; do echo line $i; i=$((i+1)); sleep 0.3; done; sleep 1000");
      awaitVm("v1", Phase.RUNNING);
      await().atMost(PATIENCE).until(() -> output("v1").contains("line 3\n"));
      assertThat(get(worker, "/healthz")).contains("\"accepting\":true");
      assertThat(get(worker, "/v1/vms/v1/console")).contains("firebuild[");
    }
    long pid = vm("v1").running().orElseThrow().pid();
    assertThat(ProcessHandle.of(pid)).isPresent();

    // When
    try (Worker worker = start(config())) {
      await().atMost(PATIENCE).until(() -> output("v1").contains("line 39\n"));
      all.command("v1", Command.Remove.vm(true));

      // Then
      awaitVm("v1", Phase.REMOVED);
      String expected =
          Stream.iterate(0, i -> i + 1)
              .limit(40)
              .map("line %d\n"::formatted)
              .reduce("", String::concat);
      assertThat(output("v1")).isEqualTo(expected);
      assertThat(names("v1"))
          .containsExactly("Claimed", "Starting", "Running", "Stopping", "Exited", "Removed");
      assertThat(children("machines")).isEmpty();
      assertThat(children("runs")).isEmpty();
      assertThat(get(worker, "/v1/images/" + image + "/export")).contains("./bin/busybox");
      assertThat(children("machines")).isEmpty();
      assertThat(children("builds")).isEmpty();
    }
  }

  @Test
  void anImageOfFortyLayersRunsAndIsExported() throws Exception {
    // Given
    image = publish(40);
    try (Worker worker = start(config())) {
      // When
      run("v1", "for n in 2 21 40; do read -r word </layers/$n; echo $word; done");

      // Then
      awaitVm("v1", Phase.EXITED);
      assertThat(output("v1")).isEqualTo("2\n21\n40\n");
      assertThat(get(worker, "/v1/images/" + image + "/export"))
          .contains("./bin/busybox", "./layers/2", "./layers/21", "./layers/40");
    }
  }

  @Test
  void aFullDiskTakesNothing() throws Exception {
    // Given
    WorkerConfig full =
        config()
            .withLimits(
                new WorkerConfig.Limits(
                    Long.MAX_VALUE, 1 << 20, 1 << 20, 1 << 20, Duration.ofDays(1)));
    try (Worker worker = start(full)) {
      run("v1", "exit 3");
      assertThat(get(worker, "/healthz"))
          .contains("\"accepting\":false")
          .contains("too little room");
    }

    // When there is room again
    assertThat(all.documents).doesNotContainKey(VmDocument.key("v1"));
    try (Worker _ = start(config())) {
      // Then
      awaitVm("v1", Phase.EXITED);
      assertThat(vm("v1").exitCode()).contains(3);
    }
  }

  private Worker start(WorkerConfig config) throws Exception {
    return Worker.start(all.vertx(), config, "test", System.getenv());
  }

  private WorkerConfig config() {
    return WorkerConfig.of(
            "w1",
            "host",
            WorkerConfig.Roots.below(root.resolve("w")),
            all.settings,
            URI.create("http://127.0.0.1:9"),
            TOKEN)
        .withSlots(new WorkerConfig.Slots(1, 1));
  }

  /**
   * An image with busybox in its lowest layer, and in each further one the file {@code /layers/N}.
   */
  private Digest publish(int layers) throws IOException {
    Path tree = root.resolve("tree-1");
    Path bin = Files.createDirectories(tree.resolve(".up/bin"));
    Path busybox = processes.find("busybox").orElseThrow();
    Files.copy(
        busybox,
        bin.resolve("busybox"),
        StandardCopyOption.COPY_ATTRIBUTES,
        StandardCopyOption.REPLACE_EXISTING);
    for (String applet : List.of("sh", "echo", "sleep")) {
      Files.deleteIfExists(bin.resolve(applet));
      Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
    }
    for (int number = 2; number <= layers; number++) {
      Path files = Files.createDirectories(root.resolve("tree-" + number + "/.up/layers"));
      Files.writeString(files.resolve(Integer.toString(number)), number + "\n");
    }
    try (ImageStore images = ImageStore.open(config().roots().images())) {
      List<Manifest.Layer> published = new ArrayList<>();
      for (int number = 1; number <= layers; number++) {
        Path disk = root.resolve("layer.ext4");
        long bytes = (number == 1 ? 32L : 1L) << 20;
        new Ext4(processes, new SecureRandom())
            .createFrom(root.resolve("tree-" + number), disk, bytes);
        published.add(images.publishLayer(disk));
      }
      Digest digest =
          images.publish(
              Manifest.of(
                  "linux",
                  "amd64",
                  ImageConfig.EMPTY,
                  published,
                  new Manifest.Provenance("b", "inline", "")));
      List<Digest> digests = published.stream().map(Manifest.Layer::digest).toList();
      refer(new ImageSummary(digest, digests, 32L << 20, "b", "w1"));
      return digest;
    }
  }

  private void name(Kernel kernel) {
    all.say(
        new Event(
            "test-0",
            "test",
            kernel.name(),
            Instant.now(),
            0,
            "test",
            1,
            new ImageEvent.KernelPublished(
                kernel.name(), kernel.digest(), "b", "w1", Instant.now())));
    await()
        .atMost(PATIENCE)
        .until(() -> all.documents.containsKey(KernelDocument.key(kernel.name())));
  }

  private void refer(ImageSummary summary) {
    all.say(
        new Event(
            "test-1",
            "test",
            "shell:latest",
            Instant.now(),
            0,
            "test",
            1,
            new ImageEvent.Published("shell:latest", summary, Instant.now())));
    await()
        .atMost(PATIENCE)
        .until(() ->
            all.documents.get(ImageDocument.key("shell:latest")) instanceof ImageDocument known
                && known.image().digest().equals(summary.digest()));
  }

  private void run(String id, String script) {
    RunRequest request =
        Json.read(
            Json.bytes(
                java.util.Map.of(
                    "id", id, "image", "shell", "command", List.of("/bin/sh", "-c", script))),
            RunRequest.class);
    all.send(
        RequestCodec.encode(all.settings.topics().runRequests(), id, request, 1, Optional.empty()));
  }

  private VmDocument vm(String id) {
    return (VmDocument) java.util.Objects.requireNonNull(all.documents.get(VmDocument.key(id)));
  }

  private void awaitVm(String id, Phase phase) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            all.documents.get(VmDocument.key(id)) instanceof VmDocument vm
                && (vm.phase() == phase || vm.phase() == Phase.FAILED));
    assertThat(vm(id).phase()).as(() -> vm(id).toString()).isEqualTo(phase);
  }

  private List<String> names(String id) {
    return all.believed(id).stream()
        .filter(data -> !(data instanceof VmEvent.Log))
        .map(data -> data.getClass().getSimpleName())
        .toList();
  }

  /** What a reader has who drops what he has seen. */
  private String output(String id) {
    java.io.ByteArrayOutputStream output = new java.io.ByteArrayOutputStream();
    for (EventData data : all.believed(id)) {
      if (data instanceof VmEvent.Log log) {
        byte[] bytes = log.chunk().bytes();
        int known = (int) (output.size() - log.offset());
        if (known >= 0 && known < bytes.length) {
          output.writeBytes(Arrays.copyOfRange(bytes, known, bytes.length));
        }
      }
    }
    return output.toString(StandardCharsets.UTF_8);
  }

  private List<Path> children(String directory) throws IOException {
    Path path = config().roots().data().resolve(directory);
    if (!Files.exists(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.toList();
    }
  }

  private static String get(Worker worker, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(worker.url() + path))
                  .header("Authorization", "Bearer " + TOKEN)
                  .build(),
              HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return response.body();
    }
  }
}
