package dev.firebuild.worker;

import dev.firebuild.messaging.EventSpool;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.Ids;
import dev.firebuild.worker.build.BuildSettings;
import dev.firebuild.worker.run.RunSettings;
import dev.firebuild.worker.vm.MachineSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * All that a worker is told.
 *
 * @param id stays the same over restarts; unique among all workers
 * @param host name of its host, for people
 * @param roots where its files lie
 * @param kafka how it reaches Kafka
 * @param coordinator URL of the HTTP API, for contexts and other blobs
 * @param token bearer token of that API, and of the worker's own port
 * @param listen the worker's own port
 * @param slots how much it takes on at once
 * @param machines how VMs are made on this host
 * @param builds how images are built
 * @param runs what a run gets that does not say it
 * @param limits what it may use of the host
 */
public record WorkerConfig(
    String id,
    String host,
    Roots roots,
    KafkaSettings kafka,
    URI coordinator,
    String token,
    Listen listen,
    Slots slots,
    MachineSettings machines,
    BuildSettings builds,
    RunSettings runs,
    Limits limits) {

  /** Throws {@link IllegalArgumentException} naming the field and the rule. */
  public WorkerConfig {
    Ids.requireValid(id);
    if (host.isBlank()) {
      throw new IllegalArgumentException("host: is required");
    }
    if (token.isBlank()) {
      throw new IllegalArgumentException("token: is required");
    }
  }

  /**
   * Where files lie.
   *
   * @param data of this worker alone: its machines, its runs, its caches
   * @param images the image store; workers of one host may share it
   * @param kernels the kernel store; workers of one host may share it
   */
  public record Roots(Path data, Path images, Path kernels) {
    public Roots {
      data = data.toAbsolutePath().normalize();
      images = images.toAbsolutePath().normalize();
      kernels = kernels.toAbsolutePath().normalize();
    }

    /** All below {@code data}. */
    public static Roots below(Path data) {
      return new Roots(data, data.resolve("images"), data.resolve("kernels"));
    }
  }

  /**
   * The worker's own HTTP port.
   *
   * @param port 0: the system chooses one
   */
  public record Listen(String host, int port) {
    public static final Listen DEFAULT = new Listen("127.0.0.1", 0);
  }

  /**
   * How much the worker takes on at once.
   *
   * @param builds that it works on
   * @param runs VMs that it starts; how many run is not bounded
   */
  public record Slots(int builds, int runs) {
    public static final Slots DEFAULT = new Slots(2, 2);

    public Slots {
      if (builds < 0 || runs < 0 || builds + runs == 0) {
        throw new IllegalArgumentException(
            "slots: expected at least one, not %d for builds and %d for runs"
                .formatted(builds, runs));
      }
    }
  }

  /**
   * What the worker may use of the host.
   *
   * @param minFreeBytes with less free disk no new work is taken
   * @param blobCacheBytes of contexts that were fetched
   * @param stepCacheBytes of the disks that the step cache keeps
   * @param eventBytes of events that wait on disk for Kafka; output of builds beyond is left out
   * @param keepImages how long images and layers stay that nobody needs
   */
  public record Limits(
      long minFreeBytes,
      long blobCacheBytes,
      long stepCacheBytes,
      long eventBytes,
      Duration keepImages) {
    /** Workers that share a root say every hour what they need of it. */
    private static final Duration SHORTEST = Duration.ofHours(2);

    public static final Limits DEFAULT =
        new Limits(
            1L << 30, 10L << 30, 20L << 30, EventSpool.Settings.DEFAULT_LIMIT, Duration.ofDays(1));

    public Limits {
      if (keepImages.compareTo(SHORTEST) < 0) {
        throw new IllegalArgumentException(
            "keepImages: expected at least %s, not %s".formatted(SHORTEST, keepImages));
      }
    }

    public Limits withEventBytes(long other) {
      return new Limits(minFreeBytes, blobCacheBytes, stepCacheBytes, other, keepImages);
    }

    public Limits withKeepImages(Duration other) {
      return new Limits(minFreeBytes, blobCacheBytes, stepCacheBytes, eventBytes, other);
    }
  }

  /** A worker with everything else as it is by default. */
  public static WorkerConfig of(
      String id, String host, Roots roots, KafkaSettings kafka, URI coordinator, String token) {
    return new WorkerConfig(
        id,
        host,
        roots,
        kafka,
        coordinator,
        token,
        Listen.DEFAULT,
        Slots.DEFAULT,
        MachineSettings.DEFAULT,
        BuildSettings.defaults(id, roots.data().resolve("builds")),
        RunSettings.DEFAULT,
        Limits.DEFAULT);
  }

  public WorkerConfig withListen(Listen other) {
    return new WorkerConfig(
        id, host, roots, kafka, coordinator, token, other, slots, machines, builds, runs, limits);
  }

  public WorkerConfig withSlots(Slots other) {
    return new WorkerConfig(
        id, host, roots, kafka, coordinator, token, listen, other, machines, builds, runs, limits);
  }

  public WorkerConfig withMachines(MachineSettings other) {
    return new WorkerConfig(
        id, host, roots, kafka, coordinator, token, listen, slots, other, builds, runs, limits);
  }

  public WorkerConfig withLimits(Limits other) {
    return new WorkerConfig(
        id, host, roots, kafka, coordinator, token, listen, slots, machines, builds, runs, other);
  }

  /** Without the secrets, so that no log can hold them. */
  @Override
  public String toString() {
    return "WorkerConfig[id=%s, host=%s, roots=%s, coordinator=%s, listen=%s, slots=%s]"
        .formatted(id, host, roots, coordinator, listen, slots);
  }
}
