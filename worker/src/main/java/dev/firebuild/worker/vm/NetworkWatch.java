package dev.firebuild.worker.vm;

import dev.firebuild.worker.host.Cgroup;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.network.Attachment;
import dev.firebuild.worker.network.Network;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the network of a machine that runs: what of it has ended is started again, and its filter
 * follows the host's addresses.
 */
final class NetworkWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final Network network;
  private final MachineLayout files;
  private final Journal journal;
  private final Thread thread;
  private MachineRecord machine;
  private boolean failing;
  private boolean closed;

  NetworkWatch(Network network, MachineLayout files, Journal journal, MachineRecord machine) {
    this.network = network;
    this.files = files;
    this.journal = journal;
    this.machine = machine;
    thread = Thread.ofVirtual().name("network " + machine.id()).unstarted(this::watch);
  }

  void start() {
    thread.start();
  }

  /** What made the machine's network. */
  Network network() {
    return network;
  }

  /** What is known of the machine now. */
  synchronized MachineRecord machine() {
    return machine;
  }

  private void watch() {
    try {
      while (look()) {
        Thread.sleep(PERIOD);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** False: it was the last time. */
  private synchronized boolean look() {
    if (closed || machine.attachment().isEmpty()) {
      return false;
    }
    try {
      Attachment before = machine.attachment().get();
      Attachment now = network.keep(machine.id(), files, before, machine.ports());
      if (!now.equals(before)) {
        changed(now);
      }
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        LOG.atWarn()
            .addKeyValue("machine", machine.id())
            .setCause(e)
            .log("A VM's network is not in order; it is tried again");
      }
      failing = true;
    }
    return true;
  }

  private void changed(Attachment now) throws IOException {
    machine = machine.withAttachment(now);
    journal.write(machine);
    Cgroup group = Cgroup.of(machine.id());
    group.add(now.holder());
    if (now.world().isPresent()) {
      group.add(now.world().get());
    }
    LOG.atWarn()
        .addKeyValue("machine", machine.id())
        .log("A process of a VM's network had ended and was started again");
  }

  /** Nothing of the network is started any more. */
  @Override
  public synchronized void close() {
    closed = true;
    // It only sleeps now: whoever looks holds the lock.
    thread.interrupt();
  }
}
