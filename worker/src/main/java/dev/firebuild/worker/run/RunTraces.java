package dev.firebuild.worker.run;

import dev.firebuild.worker.vm.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the VM {@code vm} leaves on its host, beside its machine. What fails here fails no VM. */
record RunTraces(RunContext context, String vm, String instance) {
  private static final Logger log = LoggerFactory.getLogger(RunTraces.class);

  /** Forgets the VM; false: something of it is still there. */
  boolean delete() {
    try {
      context.records().delete(instance);
      return true;
    } catch (IOException e) {
      // The next worker process on this host tries again.
      log.atError().addKeyValue("vm", vm).setCause(e).log("cannot delete what a VM left");
      return false;
    }
  }

  /** Writes down how it ended. */
  void write(RunRecord known) {
    try {
      context.records().write(known);
    } catch (IOException e) {
      log.atWarn().addKeyValue("vm", vm).setCause(e).log("cannot write down a VM's end");
    }
  }

  /** Keeps the console's text, before the machine's directory goes. */
  void keepConsole(Machine last) {
    try {
      Files.copy(
          last.console(), context.layout().console(instance), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.atDebug().addKeyValue("vm", vm).setCause(e).log("there is no console to keep");
    }
  }

  /** The image of {@code known} may go, as far as this VM is concerned. */
  void release(RunRecord known) {
    try {
      context.images().pins().unpin(known.image(), instance);
    } catch (IOException e) {
      log.atWarn().addKeyValue("vm", vm).setCause(e).log("cannot unpin a VM's image");
    }
  }
}
