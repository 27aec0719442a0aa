package dev.firebuild.systemtest.bench;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What is there already costs nothing again: a rebuild, and the disk of a new VM. */
final class ProvisionBench implements Benchmark {
  private static final int STEPS = 10;
  private static final int REBUILDS = 15;
  private static final int DISKS = 10;
  private static final long IMAGE_BYTES = 2L << 30;
  private static final String REBUILD = "rebuild, nothing changed: POST → succeeded";
  private static final String DISK = "disk of a new VM, 2 GiB";
  private static final String COPY = "byte copy of 2 GiB";

  /** Knows the size from the first pass on, which is thrown away. */
  private final Ext4 ext4 = new Ext4(Processes.of(System.getenv()), new SecureRandom());

  @Override
  public String name() {
    return "provision";
  }

  @Override
  public String about() {
    return "a rebuild with nothing changed; the disk of a new VM";
  }

  @Override
  public Result run(Effort effort) throws Exception {
    Rounds rounds = new Rounds();
    DockerRival docker = DockerRival.find();
    try (RealNode node = RealNode.start();
        EventTail tail = new EventTail(node.kafka())) {
      Wire.Api api = node.api();
      build(api, tail);
      docker.prepare(node.folder(), dockerfile());
      Path image = image(node.folder().resolve("image"));
      round(new Rounds(), api, tail, docker, image, effort);
      for (int round = 0; round < effort.rounds(); round++) {
        round(rounds, api, tail, docker, image, effort);
        rounds.next();
      }
    }
    List<Comparison> comparisons = new ArrayList<>();
    comparisons.add(
        docker.isThere()
            ? rounds.compare(REBUILD, DockerRival.CACHED, "ms", Target.atMost(1))
            : rounds.alone(REBUILD, "ms", Target.none()));
    comparisons.add(rounds.compare(DISK, COPY, "ms", Target.atMost(0.001)));
    return new Result(comparisons, docker.remarks());
  }

  private void round(
      Rounds rounds, Wire.Api api, EventTail tail, DockerRival docker, Path image, Effort effort)
      throws Exception {
    for (int i = 0; i < effort.of(REBUILDS); i++) {
      rounds.add(REBUILD, build(api, tail));
      if (docker.isThere()) {
        rounds.add(DockerRival.CACHED, docker.rebuild());
      }
    }
    Path folder = Files.createDirectories(image.resolveSibling("disks"));
    long start = System.nanoTime();
    Path copy = copy(image, folder.resolve("copy"));
    rounds.add(COPY, DispatchBench.millis(System.nanoTime() - start));
    Files.delete(copy);
    for (int i = 0; i < effort.of(DISKS); i++) {
      Path disk = folder.resolve("disk");
      start = System.nanoTime();
      ext4.create(disk, IMAGE_BYTES);
      rounds.add(DISK, DispatchBench.millis(System.nanoTime() - start));
      Files.delete(disk);
    }
  }

  /** Milliseconds from the request to the end. */
  private static double build(Wire.Api api, EventTail tail) throws Exception {
    String body = Json.text(BuildRequest.of("provisioned", new Source.Inline(dockerfile())));
    long start = System.nanoTime();
    String id = Requests.idOf(Wire.postOnce(api, "/v1/builds", body));
    return DispatchBench.millis(tail.await(id, BuildEvent.Succeeded.class) - start);
  }

  private static String dockerfile() {
    return "FROM busybox\n"
        + String.join(
            "\n",
            IntStream.range(0, STEPS).mapToObj("RUN echo %1$d > /file-%1$d"::formatted).toList())
        + "\n";
  }

  /** A file without holes. */
  private static Path image(Path file) throws IOException {
    byte[] mebibyte = new byte[1 << 20];
    java.util.Arrays.fill(mebibyte, (byte) 7);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long left = IMAGE_BYTES; left > 0; left -= mebibyte.length) {
        out.write(mebibyte);
      }
    }
    return file;
  }

  private static Path copy(Path from, Path to) throws IOException {
    return Files.copy(from, to);
  }
}
