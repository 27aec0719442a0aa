package dev.firebuild.worker;

import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.worker.build.BuildEngine;
import dev.firebuild.worker.queue.HeldVm;
import dev.firebuild.worker.queue.RunExecutor;
import dev.firebuild.worker.queue.RunGrant;
import dev.firebuild.worker.run.RunEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Reconciles the whole host: VMs first, then what builds left, whose VMs are ended by then. */
record HostExecutor(RunEngine runs, BuildEngine builds) implements RunExecutor {
  @Override
  public boolean outlived(VmDocument vm) {
    return runs.outlived(vm);
  }

  @Override
  public void reconcile(List<HeldVm> vms) throws InterruptedException {
    runs.reconcile(vms);
    try {
      builds.recover();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove what builds of a former worker left", e);
    }
  }

  @Override
  public void start(RunGrant grant) throws InterruptedException {
    runs.start(grant);
  }

  @Override
  public void desiredChanged(VmDocument document) {
    runs.desiredChanged(document);
  }
}
