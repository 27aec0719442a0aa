package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.host.VmUser;
import dev.firebuild.worker.network.Attachment;
import dev.firebuild.worker.network.GuestLink;
import dev.firebuild.worker.network.HostAddresses;
import dev.firebuild.worker.network.Ipv4;
import dev.firebuild.worker.network.Namespace;
import dev.firebuild.worker.network.Network;
import dev.firebuild.worker.network.PublishedPorts;
import dev.firebuild.worker.network.TapFilter;
import dev.firebuild.worker.network.TapFilter.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The world through the networks of the host. The plugins make a device in the machine's namespace;
 * the guest takes its place, with its MAC and its address. The device keeps the address: plugins
 * find by it what they have to remove.
 */
public final class CniNetwork implements Network {
  /** Of the times that {@link #keep} is called, one in so many asks the plugins. */
  private static final int CHECK_INTERVAL = 60;

  private final Namespace namespaces;
  private final NamedNamespaces names;
  private final CniAttachments attachments;
  private final boolean blockPrivate;
  private final HostAddresses host;

  /** The host's addresses that the filter knows; a former worker's are not known. */
  private Optional<List<String>> filtered = Optional.empty();

  private int kept;

  /** What the plugins found last; empty: nothing. */
  private String fault = "";

  /**
   * @param blockPrivate whether guests are kept from private address ranges too; not from their own
   *     network
   * @param host the addresses that no guest may reach
   */
  public CniNetwork(
      Processes processes, CniSettings settings, boolean blockPrivate, HostAddresses host) {
    this(
        processes,
        new CniAttachments(processes, settings, Plugins.Limits.DEFAULT),
        blockPrivate,
        host);
  }

  CniNetwork(
      Processes processes, CniAttachments attachments, boolean blockPrivate, HostAddresses host) {
    namespaces = new Namespace(processes);
    names = new NamedNamespaces(processes);
    this.attachments = attachments;
    this.blockPrivate = blockPrivate;
    this.host = host;
  }

  /** Fails unless this worker can use the network as it is configured now. */
  public static void requireUsable(Processes processes, CniSettings settings) throws IOException {
    requireRoot();
    new CniAttachments(processes, settings, Plugins.Limits.DEFAULT).requireUsable();
  }

  private static void requireRoot() throws IOException {
    if (!VmUser.isRoot()) {
      throw new IOException(
          "CNI networks need root; run the worker as root, or without --network-provider cni");
    }
  }

  @Override
  public Attachment attach(String id, MachineLayout files, Wish wish) throws IOException {
    requireRoot();
    for (PortMapping port : wish.ports()) {
      PublishedPorts.requireFree(port);
    }
    try {
      CniAttachments.Plan plan = attachments.begin(id, files, wish);
      Path namespace = names.create(id);
      CniResult result = attachments.add(plan, namespace);
      requireWish(wish, result);
      Attachment attachment = namespaces.hold(namespace, id, files);
      attachment = attachment.withLink(link(attachment, result));
      namespaces.addDevices(attachment, Optional.empty());
      filter(attachment);
      return attachment;
    } catch (IOException e) {
      giveBack(id, files, e);
      throw e;
    }
  }

  private static void requireWish(Wish wish, CniResult result) throws IOException {
    String given = Ipv4.address(result.address());
    if (wish.address().isPresent() && !wish.address().get().equals(given)) {
      throw new IOException(
          "the guest cannot have the address %s: the network gave it %s; its plugins take no wishes"
              .formatted(wish.address().get(), given));
    }
  }

  private void giveBack(String id, MachineLayout files, IOException cause) {
    try {
      detach(id, files, Optional.empty());
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private GuestLink link(Attachment namespace, CniResult result) throws IOException {
    Namespace.Device device = device(namespace);
    return new GuestLink(
        Ipv4.address(result.address()),
        Ipv4.prefixLength(result.address()),
        result.gateway(),
        result.furtherRoutes(),
        result.names().nameservers().isEmpty() ? HostNames.now() : result.names(),
        device.address().orElseThrow(() -> new IOException("the network's device has no MAC")),
        device.mtu(),
        GuestLink.Management.LINK_LOCAL);
  }

  private Namespace.Device device(Attachment namespace) throws IOException {
    return namespaces.devices(namespace).stream()
        .filter(device -> device.ifname().equals(CniAttachment.DEVICE))
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                "the device %s is not in the machine's namespace: somebody removed it, or the network's bridge"
                    .formatted(CniAttachment.DEVICE)));
  }

  private void filter(Attachment namespace) throws IOException {
    List<String> addresses = host.now();
    if (!filtered.equals(Optional.of(addresses))) {
      namespaces.setRules(
          namespace,
          TapFilter.among(
              CniAttachment.DEVICE, namespace.link(), new Reach(addresses, blockPrivate)));
      filtered = Optional.of(addresses);
    }
  }

  @Override
  public Attachment keep(
      String id, MachineLayout files, Attachment attachment, List<PortMapping> ports)
      throws IOException {
    Attachment now = held(id, files, attachment);
    filter(now);
    if (kept++ % CHECK_INTERVAL == 0) {
      device(now);
      check(id, files);
    }
    return now;
  }

  /** Name and holder keep the namespace: what is gone of the two is made by the other. */
  private Attachment held(String id, MachineLayout files, Attachment attachment)
      throws IOException {
    Optional<Path> namespace = names.find(id);
    if (attachment.holder().isAlive()) {
      if (namespace.isEmpty()) {
        names.restore(id, attachment.holder().pid());
      }
      return attachment;
    }
    if (namespace.isEmpty()) {
      throw new IOException("the machine's network namespace was removed");
    }
    return attachment.withHolder(namespaces.hold(namespace.get(), id, files).holder());
  }

  /** Plugins that find the same fault again, maybe for ever, are not news. */
  private void check(String id, MachineLayout files) throws IOException {
    try {
      attachments.check(files, names.find(id));
      fault = "";
    } catch (IOException e) {
      String found = String.valueOf(e.getMessage());
      boolean known = found.equals(fault);
      fault = found;
      if (!known) {
        throw e;
      }
    }
  }

  @Override
  public void detach(String id, MachineLayout files, Optional<Attachment> attachment)
      throws IOException {
    attachments.delete(id, files, names.find(id));
    // Before this the plugins find in the namespace what they have made.
    attachment.map(Attachment::holder).ifPresent(ProcessIdentity::kill);
    names.remove(id);
    Files.deleteIfExists(files.cniResult());
  }
}
