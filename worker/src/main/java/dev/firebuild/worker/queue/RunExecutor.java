package dev.firebuild.worker.queue;

import dev.firebuild.protocol.document.VmDocument;
import java.util.List;

/**
 * Starts VMs and holds them; implemented by the VM engine. Safe for use by all slots at once.
 *
 * <p>A VM is <em>held</em> from its grant until {@code removed} is published: the engine carries
 * out what its document desires.
 */
public interface RunExecutor {
  /**
   * Whether this host has something of {@code vm} to go on with, though its document does not say
   * yet that it runs: it may have begun to run, and even have ended, just when the last process of
   * this worker was killed. Asked before {@link #reconcile}.
   *
   * @param vm assigned to this worker
   */
  boolean outlived(VmDocument vm);

  /**
   * Called once, before any slot opens and before any other method: compares the host with what
   * should be on it. VMs that run are held again (their output goes on where it ended); one that
   * has ended meanwhile is told ({@code exited}, {@code failed}); what is on the host and not in
   * {@code vms} is removed. Returns when that is done.
   *
   * @param vms all VMs that are assigned to this worker, that ran or {@link #outlived} its last
   *     process, and that are not removed, with what is desired
   */
  void reconcile(List<HeldVm> vms) throws InterruptedException;

  /**
   * Starts the VM, on the calling virtual thread: {@code starting}, then {@code running} or {@code
   * failed}. Returns when one of the two is published; a running VM is held from then on.
   *
   * <p>An exception that leaves this method becomes {@code failed(INTERNAL)}.
   */
  void start(RunGrant grant) throws InterruptedException;

  /**
   * The document of a held VM desires more than before (stop, kill, remove). May be called again
   * with what is known; must return soon, and carries out on a thread of its own.
   */
  void desiredChanged(VmDocument document);
}
