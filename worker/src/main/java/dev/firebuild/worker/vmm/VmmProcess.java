package dev.firebuild.worker.vmm;

import dev.firebuild.worker.host.ProcessIdentity;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** A VM and the process that it is. */
public interface VmmProcess extends AutoCloseable {
  /** What a later worker finds it by. */
  ProcessIdentity identity();

  /** Lets the guest run. */
  void boot() throws IOException;

  /** Completed when the process is gone, with what ended it. */
  CompletableFuture<VmmExit> exit();

  /** Ends the VM at once; {@link #exit} tells when it is gone. More than once, from any thread. */
  void kill();

  /** Lets go of a VM that goes on, or has ended: closes this process's ends of its sockets. */
  @Override
  void close();
}
