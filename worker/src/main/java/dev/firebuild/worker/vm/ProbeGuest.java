package dev.firebuild.worker.vm;

import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.vmm.Vmm;
import dev.firebuild.worker.vmm.VmmProcess;
import dev.firebuild.worker.vmm.VmmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A guest that is booted only to see whether it does. It stands in the journal like any machine: of
 * a worker that is killed meanwhile the next one finds it. One at a time on a data root.
 */
final class ProbeGuest {
  private static final int MEM_MIB = 256;
  private static final int ID_LENGTH = 20;

  private final Journal journal;
  private final Path root;
  private final Vmm vmm;
  private final Duration limit;

  /**
   * @param root the worker's data directory: workers of one host must not take each other's guest
   *     for theirs
   * @param limit so long it may take
   */
  ProbeGuest(Journal journal, Path root, Vmm vmm, Duration limit) {
    this.journal = journal;
    this.root = root;
    this.vmm = vmm;
    this.limit = limit;
  }

  /** The machine's id on the data root {@code root}. */
  static String id(Path root) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(root.toString().getBytes(StandardCharsets.UTF_8));
      return ("kvmprobe" + HexFormat.of().formatHex(hash)).substring(0, ID_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Whether a guest boots.
   *
   * @throws IOException if that could not be found out
   */
  boolean boots(Path kernel, Path initramfs) throws IOException {
    String id = id(root);
    MachineLayout files = journal.open(id);
    MachineRecord machine =
        new MachineRecord(
            id,
            false,
            NetworkMode.NONE,
            List.of(),
            Optional.empty(),
            vmm.name(),
            Optional.empty(),
            Optional.empty());
    try {
      journal.begin(machine);
      return boots(machine, files, kernel, initramfs);
    } finally {
      release(machine);
    }
  }

  private boolean boots(MachineRecord machine, MachineLayout files, Path kernel, Path initramfs)
      throws IOException {
    CountDownLatch waits = new CountDownLatch(1);
    VmmSpec spec =
        new VmmSpec(
            machine.id(),
            files,
            List.of(),
            1,
            MEM_MIB,
            kernel,
            initramfs,
            List.of(),
            Optional.empty());
    try (VmmProcess process =
        vmm.create(
            spec,
            line -> {
              if (line.contains("] waiting")) {
                waits.countDown();
              }
            })) {
      try {
        journal.write(machine.withVmm(process.identity()));
        process.boot();
        return waits.await(limit.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        process.kill();
        process.exit().join();
      }
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a guest was tried with " + vmm.name(), e);
    }
  }

  /** A thread that is interrupted can't read files: it would leave much of the machine. */
  private void release(MachineRecord machine) {
    boolean interrupted = Thread.interrupted();
    try {
      Holdings.release(machine.id(), Optional.of(machine), Optional.empty(), journal);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
