package dev.firebuild.worker.network.user;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.Attachment;
import dev.firebuild.worker.network.GuestLink;
import dev.firebuild.worker.network.HostAddresses;
import dev.firebuild.worker.network.Namespace;
import dev.firebuild.worker.network.Network;
import dev.firebuild.worker.network.PublishedPorts;
import dev.firebuild.worker.network.TapFilter;
import dev.firebuild.worker.network.TapFilter.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * The world through slirp4netns, an ordinary process that makes the guest's connections as its own:
 * no root, no bridge, nothing to set up.
 */
public final class UserNetwork implements Network {
  private static final String WORLD = "slirp0";

  private final Namespace namespaces;
  private final Slirp slirp;
  private final boolean blockPrivate;
  private final HostAddresses host;

  /** The host's addresses that the filter knows; a former worker's are not known. */
  private Optional<List<String>> filtered = Optional.empty();

  /**
   * @param blockPrivate whether guests are kept from private address ranges too
   * @param host the addresses that no guest may reach
   */
  public UserNetwork(Processes processes, boolean blockPrivate, HostAddresses host) {
    namespaces = new Namespace(processes);
    slirp = new Slirp(processes);
    this.blockPrivate = blockPrivate;
    this.host = host;
  }

  @Override
  public Attachment attach(String id, MachineLayout files, Wish wish) throws IOException {
    for (PortMapping port : wish.ports()) {
      PublishedPorts.requireFree(port);
    }
    Attachment namespace = namespaces.create(id, files).withLink(GuestLink.USER);
    try {
      namespaces.addDevices(namespace, Optional.of(WORLD));
      filter(namespace);
      return namespace.withWorld(connect(id, files, namespace, wish.ports()));
    } catch (IOException e) {
      detach(id, files, Optional.of(namespace));
      throw e;
    }
  }

  @Override
  public Attachment keep(
      String id, MachineLayout files, Attachment attachment, List<PortMapping> ports)
      throws IOException {
    filter(attachment);
    if (attachment.world().filter(ProcessIdentity::isAlive).isPresent()) {
      return attachment;
    }
    // Its device is still there: the guest notices nothing but the connections that it had.
    Files.deleteIfExists(files.networkApi());
    return attachment.withWorld(connect(id, files, attachment, ports));
  }

  private ProcessIdentity connect(
      String id, MachineLayout files, Attachment namespace, List<PortMapping> ports)
      throws IOException {
    ProcessIdentity world = slirp.start(id, files, namespace, WORLD);
    try {
      for (PortMapping port : ports) {
        Slirp.publish(SlirpApi.of(files.networkApi()), port);
      }
      return world;
    } catch (IOException e) {
      world.kill();
      throw e;
    }
  }

  private void filter(Attachment namespace) throws IOException {
    List<String> addresses = host.now();
    if (!filtered.equals(Optional.of(addresses))) {
      namespaces.setRules(
          namespace, TapFilter.alone(WORLD, namespace.link(), new Reach(addresses, blockPrivate)));
      filtered = Optional.of(addresses);
    }
  }

  @Override
  public void detach(String id, MachineLayout files, Optional<Attachment> attachment) {
    // It does not end by itself when the namespace does.
    attachment.flatMap(Attachment::world).ifPresent(ProcessIdentity::kill);
    attachment.map(Attachment::holder).ifPresent(ProcessIdentity::kill);
  }
}
