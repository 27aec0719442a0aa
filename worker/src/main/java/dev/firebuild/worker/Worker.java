package dev.firebuild.worker;

import dev.firebuild.messaging.EventSpool;
import dev.firebuild.messaging.TopicAdmin;
import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.worker.build.BuildEngine;
import dev.firebuild.worker.build.BuildParts;
import dev.firebuild.worker.guest.kernel.KernelCollector;
import dev.firebuild.worker.guest.kernel.Kernels;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.Needs;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.http.WorkerHealth;
import dev.firebuild.worker.http.WorkerHttp;
import dev.firebuild.worker.http.WorkerParts;
import dev.firebuild.worker.queue.QueueMember;
import dev.firebuild.worker.queue.WorkerQueue;
import dev.firebuild.worker.run.RunEngine;
import dev.firebuild.worker.run.RunLayout;
import dev.firebuild.worker.run.WorkerIdentity;
import dev.firebuild.worker.vm.Machines;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker: its stores, its engines, its HTTP port and its side of the queue, put together. What a
 * former process on the same data root left is taken over or removed before anything new begins.
 */
public final class Worker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  private final WorkerConfig config;
  private final DiskGuard disk;
  private final WorkerHttp http;
  private final WorkerQueue queue;
  private final Parts parts;

  /**
   * Starts a worker and returns when it takes requests.
   *
   * @param vertx outlives the worker
   * @param version of firebuild, for people
   * @param env where programs are looked up
   * @throws IOException saying what cannot be used and what to do
   */
  public static Worker start(
      Vertx vertx, WorkerConfig config, String version, Map<String, String> env)
      throws IOException, InterruptedException {
    Parts parts = new Parts();
    try {
      return new Worker(vertx, config, version, env, parts);
    } catch (IOException | InterruptedException | RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private Worker(
      Vertx vertx, WorkerConfig config, String version, Map<String, String> env, Parts parts)
      throws IOException, InterruptedException {
    this.config = config;
    this.parts = parts;
    WorkerConfig.Roots roots = config.roots();
    Processes processes = Processes.of(env);
    config.machines().networks().requireUsable(processes);
    InstantSource clock = InstantSource.system();
    RandomGenerator random = new SecureRandom();
    parts.add(RootLock.take(roots.data()));
    long life = WorkerLife.begin(roots.data(), clock);
    Stores stores = parts.add(Stores.open(config, clock));
    disk = new DiskGuard(List.of(roots.data(), roots.images()), config.limits().minFreeBytes());
    http =
        parts.add(
            WorkerHttp.start(
                vertx,
                config.listen().host(),
                config.listen().port(),
                new BearerToken(config.token()),
                HttpPatience.DEFAULT));
    Needs.Owner owner = owner(TopicAdmin.ensure(config.kafka()));
    // Lets go of the VMs before the queue's clients are closed.
    Parts engines = new Parts();
    queue =
        parts.add(
            new WorkerQueue(
                vertx,
                config.kafka(),
                queueMember(life, version),
                new EventSpool.Settings(
                    roots.data().resolve("events"), config.limits().eventBytes()),
                clock,
                random));
    parts.add(engines);
    Ext4 ext4 = new Ext4(processes, random);
    Kernels kernels = new Kernels(stores.kernels(), queue.lookups()::kernels);
    Machines machines =
        new Machines(
            processes,
            new HostLayout(roots.data()),
            kernels,
            BuildEngine.scripts(),
            config.machines());
    RunEngine runs = engines.add(runEngine(stores, machines, ext4));
    BuildEngine builds =
        new BuildEngine(
            new BuildParts(
                config.builds(),
                machines,
                stores.kernels(),
                ext4,
                stores.images(),
                stores.steps(),
                stores.blobs(),
                queue.lookups(),
                random,
                clock));
    http.serve(
        new WorkerParts(
            stores.images(),
            new HelperVmExport(config.builds(), machines, stores.images(), ext4, random),
            kernels,
            runs::console,
            this::health));
    queue.start(builds, new HostExecutor(runs, builds), disk::refusal);
    parts.add(housekeeping(stores, owner, clock)).start();
    log.atInfo()
        .addKeyValue("worker", config.id())
        .addKeyValue("url", url())
        .addKeyValue("data", roots.data())
        .log("worker started");
  }

  /** Of its HTTP port. */
  public String url() {
    String host = config.listen().host();
    boolean any = host.equals("0.0.0.0") || host.equals("::");
    return "http://%s:%d".formatted(any ? config.host() : host, http.port());
  }

  /**
   * Takes nothing more and waits until what is at work has ended.
   *
   * @return whether all of it has
   */
  public boolean drain(Duration patience) throws InterruptedException {
    return queue.drain(patience);
  }

  /** Ends: what is at work is given back to the queue, VMs run on for the next process. */
  @Override
  public void close() {
    parts.close();
  }

  private QueueMember queueMember(long life, String version) {
    return new QueueMember(
        config.id(),
        life,
        config.host(),
        url(),
        version,
        config.slots().builds(),
        config.slots().runs());
  }

  private RunEngine runEngine(Stores stores, Machines machines, Ext4 ext4) {
    Path data = config.roots().data();
    return new RunEngine(
        new WorkerIdentity(config.id(), config.host()),
        config.runs(),
        new RunLayout(data.resolve("runs")),
        machines,
        stores.images(),
        queue.lookups(),
        ext4);
  }

  /** Workers of several installations may share a root: what is garbage to one another may need. */
  private Needs.Owner owner(TopicAdmin.Allowed kafka) {
    return new Needs.Owner(kafka.cluster() + "/" + config.kafka().topics().state(), config.id());
  }

  private Housekeeping housekeeping(Stores stores, Needs.Owner owner, InstantSource clock)
      throws IOException {
    WorkerConfig.Roots roots = config.roots();
    Needs.Sharing images = Needs.Sharing.of(roots.images(), roots.data());
    Needs.Sharing kernels = Needs.Sharing.of(roots.kernels(), roots.data());
    WorkerConfig.Limits limits = config.limits();
    return new Housekeeping(
        stores.steps(),
        limits.stepCacheBytes(),
        new ImageGarbage(
            stores.images(),
            queue.lookups()::images,
            stores.steps()::layers,
            new Needs(stores.images().needs(), owner, images, clock),
            limits.keepImages(),
            clock),
        new KernelCollector(
            stores.kernels(),
            queue.lookups()::kernels,
            new Needs(stores.kernels().needs(), owner, kernels, clock),
            clock),
        new LayerScrub(stores.images()));
  }

  private WorkerHealth health() {
    // Anybody may ask: the worker's log tells which disk.
    Optional<String> refusal = disk.refusal().map(_ -> "too little room on a disk");
    return new WorkerHealth(config.id(), refusal.isEmpty(), refusal);
  }
}
