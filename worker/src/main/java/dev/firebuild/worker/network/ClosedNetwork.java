package dev.firebuild.worker.network;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A namespace that leads nowhere: only the worker's SSH session reaches the guest. */
public final class ClosedNetwork implements Network {
  private final Namespace namespaces;

  public ClosedNetwork(Processes processes) {
    namespaces = new Namespace(processes);
  }

  @Override
  public Attachment attach(String id, MachineLayout files, Wish wish) throws IOException {
    Attachment namespace = namespaces.create(id, files).withLink(GuestLink.CLOSED);
    try {
      namespaces.addDevices(namespace, Optional.empty());
      namespaces.setRules(namespace, TapFilter.closed());
      return namespace;
    } catch (IOException e) {
      detach(id, files, Optional.of(namespace));
      throw e;
    }
  }

  @Override
  public Attachment keep(
      String id, MachineLayout files, Attachment attachment, List<PortMapping> ports) {
    return attachment;
  }

  @Override
  public void detach(String id, MachineLayout files, Optional<Attachment> attachment) {
    attachment.map(Attachment::holder).ifPresent(ProcessIdentity::kill);
  }
}
