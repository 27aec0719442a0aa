package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.messaging.TopicException;
import dev.firebuild.worker.Worker;
import dev.firebuild.worker.WorkerConfig;
import dev.firebuild.worker.vm.MachineSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker in this process. */
final class WorkerDaemon implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerDaemon.class);
  private static final int VERTX_CLOSE_SECONDS = 10;

  private final Vertx vertx;
  private final Worker worker;

  /**
   * What it needs.
   *
   * @param id stays the same over restarts
   * @param http where coordinators reach it
   * @param data the worker's folder
   * @param images images and kernels
   * @param coordinator URL of its HTTP API, from which uploads are fetched
   * @param token of that API, and of the worker's own
   */
  record Settings(
      KafkaSettings kafka,
      String id,
      WorkerTuning tuning,
      HostPort http,
      Path data,
      Path images,
      String coordinator,
      String token) {

    private WorkerConfig config() {
      WorkerConfig.Roots roots =
          new WorkerConfig.Roots(data, images.resolve("images"), images.resolve("kernels"));
      MachineSettings machines =
          new MachineSettings(
              tuning.vmm(), tuning.networks(), MachineSettings.DEFAULT.bootTimeout());
      return WorkerConfig.of(id, hostName(), roots, kafka, URI.create(coordinator), token)
          .withListen(new WorkerConfig.Listen(http.host(), http.port()))
          .withSlots(new WorkerConfig.Slots(tuning.buildSlots(), tuning.runSlots()))
          .withMachines(machines)
          .withLimits(
              WorkerConfig.Limits.DEFAULT
                  .withEventBytes((long) tuning.eventSpool() << 20)
                  .withKeepImages(Duration.ofHours(tuning.keepImages())));
    }

    private static String hostName() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException _) {
        return "localhost";
      }
    }
  }

  private WorkerDaemon(Vertx vertx, Worker worker) {
    this.vertx = vertx;
    this.worker = worker;
  }

  /** Returns when it takes requests. */
  static WorkerDaemon start(Settings settings) throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    try {
      return new WorkerDaemon(
          vertx, Worker.start(vertx, settings.config(), Version.current(), System.getenv()));
    } catch (IOException | TopicException | IllegalArgumentException e) {
      close(vertx);
      throw new CliException("the worker does not start: " + e.getMessage(), e);
    } catch (InterruptedException | RuntimeException e) {
      close(vertx);
      throw e;
    }
  }

  String url() {
    return worker.url();
  }

  /** VMs run on; builds are given back to the queue. */
  @Override
  public void close() {
    worker.close();
    close(vertx);
  }

  private static void close(Vertx vertx) {
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(VERTX_CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.atWarn().setCause(e).log("Vert.x did not close");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
