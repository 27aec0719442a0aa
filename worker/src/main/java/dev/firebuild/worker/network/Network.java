package dev.firebuild.worker.network;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.MachineLayout;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Makes the network of a machine. */
public interface Network {
  /**
   * What a machine asks of its network.
   *
   * @param ports published on this host
   * @param address of the guest; absent: whatever the network gives it
   */
  record Wish(List<PortMapping> ports, Optional<String> address) {
    /** Nothing but to be connected. */
    public static final Wish NONE = new Wish(List.of(), Optional.empty());

    public Wish {
      ports = List.copyOf(ports);
    }
  }

  /**
   * Makes a namespace with a tap for machine {@code id}. Every process that it starts carries the
   * machine's mark.
   *
   * @throws IOException saying what is missing or which port is in use; nothing is left then
   */
  Attachment attach(String id, MachineLayout files, Wish wish) throws IOException;

  /**
   * Brings the network of a machine that runs in order: starts again what has ended, lets the
   * filter follow what has changed on this host.
   *
   * @param attachment as {@link #attach} or this method returned it last
   * @return what it is now
   * @throws IOException saying what could not be brought in order; it may be tried again
   */
  Attachment keep(String id, MachineLayout files, Attachment attachment, List<PortMapping> ports)
      throws IOException;

  /**
   * Removes what {@link #attach} made, however far it came; nothing happens for what is gone
   * already. The machine's other processes have ended.
   *
   * @param attachment if it is known: not, if the worker was killed meanwhile
   * @throws IOException saying what could not be removed; it may be tried again
   */
  void detach(String id, MachineLayout files, Optional<Attachment> attachment) throws IOException;
}
