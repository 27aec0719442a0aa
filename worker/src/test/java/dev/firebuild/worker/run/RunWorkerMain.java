package dev.firebuild.worker.run;

import java.nio.file.Path;
import java.util.List;

/** A worker process that a test kills: starts one VM and holds it. */
final class RunWorkerMain {
  private RunWorkerMain() {}

  /** Takes the data folder, the VM's id, its instance and its request. */
  public static void main(String[] arguments) throws Exception {
    TestHost host = new TestHost(Path.of(arguments[0]));
    RunHarness harness = new RunHarness(host.root());
    harness.refer(
        BusyboxImage.make(harness.images(), host.scratch())
            .publish("shell:latest", "{\"Entrypoint\": [\"/bin/sh\", \"-c\"]}"));
    harness.engine().reconcile(List.of());
    harness.engine().start(harness.vm(arguments[1], arguments[2], arguments[3]).grant());
    // Virtual threads hold the VM and keep no process alive.
    Thread.sleep(Long.MAX_VALUE);
  }
}
