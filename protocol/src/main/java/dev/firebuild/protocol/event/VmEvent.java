package dev.firebuild.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.protocol.request.RunRequest;
import java.util.List;
import java.util.Optional;

/** What happened to a VM; the subject is the VM's id. */
public sealed interface VmEvent extends EventData {
  /**
   * A free slot took the request and asks for the grant.
   *
   * @param request as the worker read it, with its id: the owner needs no other record to decide
   */
  record Claimed(Claim claim, RunRequest request) implements VmEvent {}

  /** The request cannot be done; terminal. */
  record Rejected(Failure failure) implements VmEvent {}

  /** The worker was lost before the VM ran; the request is in the queue again. */
  record Requeued(int attempt, String worker, String reason) implements VmEvent {}

  /** The granted worker makes the VM. */
  record Starting(String worker, String image) implements VmEvent {}

  /**
   * The image's program runs.
   *
   * @param vmm {@code qemu-kvm}, {@code qemu-tcg}, …
   * @param pid of the VMM on the worker's host
   * @param ipAddress of the guest in its network
   */
  record Running(
      String worker,
      String host,
      String vmm,
      long pid,
      String ipAddress,
      int prefixLength,
      List<PortMapping> ports)
      implements VmEvent {}

  /** The result of a health check. */
  record Health(String status) implements VmEvent {}

  /**
   * Output of the image's program.
   *
   * @param offset of the chunk's first byte in the program's output
   */
  record Log(long offset, LogChunk chunk) implements VmEvent {}

  /** The worker ends the VM. */
  record Stopping(String reason) implements VmEvent {}

  /**
   * The VM has ended; terminal.
   *
   * @param exitCode of the image's program; absent if it is not known
   * @param reason {@code exited}, {@code stopped}, {@code killed}, {@code rebooted}, {@code
   *     powered-off}
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Exited(Optional<Integer> exitCode, String reason) implements VmEvent {}

  /** The VM could not be started or ended badly; terminal. */
  record Failed(Failure failure) implements VmEvent {}

  /** The VM's disk and records on the host are gone. */
  record Removed() implements VmEvent {}
}
