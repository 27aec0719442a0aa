package dev.firebuild.worker.network;

import dev.firebuild.worker.host.ProcessIdentity;
import java.util.List;
import java.util.Optional;

/**
 * A machine's own network namespace, ready for its VMM.
 *
 * @param holder the process that keeps the namespace
 * @param world the process that connects it with the outside; absent: nothing does, or no process
 *     is needed
 * @param rootless whether the namespace belongs to a user namespace of an ordinary user
 * @param assigned the guest's end of it; absent in what a worker wrote that knew one only
 */
public record Attachment(
    ProcessIdentity holder,
    Optional<ProcessIdentity> world,
    boolean rootless,
    Optional<GuestLink> assigned) {
  /** The namespace's end of the guest's network card. */
  public static final String TAP = "tap0";

  /** Of the guest, in its own network. */
  public static final String GUEST_ADDRESS = "10.0.2.100";

  public static final int PREFIX_LENGTH = 24;
  public static final String GATEWAY = "10.0.2.2";
  public static final String NAMESERVER = "10.0.2.3";

  /** Of this host inside the namespace: from here the worker speaks SSH, and nothing listens. */
  public static final String MANAGEMENT_ADDRESS = "10.0.2.1";

  public static final String GUEST_MAC = "52:54:00:00:02:64";

  /** Large frames: three times the upload of the usual 1500. */
  public static final int MTU = 65520;

  /** The port of the guest's SSH server; 22 is left to the image. */
  public static final int SSH_PORT = 30022;

  /** A namespace with nothing in it but its holder. */
  static Attachment empty(ProcessIdentity holder, boolean rootless) {
    return new Attachment(holder, Optional.empty(), rootless, Optional.empty());
  }

  /** The same, kept by {@code process}. */
  public Attachment withHolder(ProcessIdentity process) {
    return new Attachment(process, world, rootless, assigned);
  }

  /** The same, connected with the outside by {@code process}. */
  public Attachment withWorld(ProcessIdentity process) {
    return new Attachment(holder, Optional.of(process), rootless, assigned);
  }

  /** The same, whose guest has {@code link}. */
  public Attachment withLink(GuestLink link) {
    return new Attachment(holder, world, rootless, Optional.of(link));
  }

  /** The guest's end of the network. */
  public GuestLink link() {
    return assigned.orElse(GuestLink.USER);
  }

  /** The arguments before a command line that run it in the namespace. */
  public List<String> launcher() {
    String pid = Long.toString(holder.pid());
    return rootless
        ? List.of("nsenter", "-t", pid, "-U", "--preserve-credentials", "-n")
        : List.of("nsenter", "-t", pid, "-n");
  }
}
