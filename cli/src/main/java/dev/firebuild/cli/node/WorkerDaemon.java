package dev.firebuild.cli.node;

import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.worker.Worker;
import dev.firebuild.worker.WorkerConfig;
import dev.firebuild.worker.build.BuildSettings;
import dev.firebuild.worker.vm.MachineSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker in this process. */
final class WorkerDaemon implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerDaemon.class);
  private static final int VERTX_CLOSE_SECONDS = 10;

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
      WorkerSettings worker,
      HostPort http,
      Path data,
      Path images,
      String coordinator,
      String token) {

    WorkerConfig config() {
      BuildSettings builds = BuildSettings.defaults(id, data.resolve("builds"));
      MachineSettings machines = MachineSettings.DEFAULT;
      return WorkerConfig.of(
              id,
              hostName(),
              new WorkerConfig.Roots(data, images.resolve("images"), images.resolve("kernels")),
              kafka,
              URI.create(coordinator),
              token)
          .withListen(new WorkerConfig.Listen(http.host(), http.port()))
          .withSlots(new WorkerConfig.Slots(worker.buildSlots(), worker.runSlots()))
          .withBuilds(builds.withMemMib(worker.buildMemMib()))
          .withMachines(machines.withAcceleration(worker.vmm()));
    }
  }

  private final Vertx vertx;
  private final Worker worker;

  private WorkerDaemon(Vertx vertx, Worker worker) {
    this.vertx = vertx;
    this.worker = worker;
  }

  static WorkerDaemon start(Settings settings) throws IOException, InterruptedException {
    Vertx vertx = Vertx.vertx();
    try {
      return new WorkerDaemon(
          vertx, Worker.start(vertx, settings.config(), Version.current(), System.getenv()));
    } catch (IOException | InterruptedException | RuntimeException e) {
      close(vertx);
      throw e;
    }
  }

  String url() {
    return worker.url();
  }

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
    } catch (Exception e) {
      log.atWarn().setCause(e).log("the worker's event loops did not close");
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "localhost";
    }
  }
}
