package dev.firebuild.systemtest.fault;

import dev.firebuild.systemtest.fake.FakeWorkerMain;
import dev.firebuild.worker.queue.WorkerQueue;
import io.vertx.core.Vertx;
import java.time.InstantSource;

/** A worker with fake engines; ends when its input ends, or is killed. */
final class WorkerMain {
  private WorkerMain() {}

  /** {@code ID LIFE}. */
  public static void main(String[] args) throws Exception {
    Arguments arguments = Arguments.of(args);
    String id = arguments.own().get(0);
    WorkerQueue worker =
        FakeWorkerMain.newWorker(
            Vertx.vertx(),
            arguments.settings(),
            id,
            Long.parseLong(arguments.own().get(1)),
            InstantSource.system());
    worker.start(new SteppedBuilds(id, SteppedBuilds.Pace.AS_ASKED), new StartingRuns(id));
    System.out.println(DebuggedProcess.OPEN);
    System.in.readAllBytes();
    System.exit(0);
  }
}
