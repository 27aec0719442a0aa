package dev.firebuild.worker.network.user;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.Attachment;
import dev.firebuild.worker.network.Namespace;
import dev.firebuild.worker.network.Network;
import dev.firebuild.worker.network.TapFilter;
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
  public Attachment attach(String id, MachineLayout files, List<PortMapping> ports)
      throws IOException {
    for (PortMapping port : ports) {
      PublishedPorts.requireFree(port);
    }
    Attachment namespace = namespaces.create(id, files);
    Optional<ProcessIdentity> world = Optional.empty();
    try {
      namespaces.addDevices(namespace, Optional.of(WORLD));
      filter(namespace);
      world = Optional.of(connect(id, files, namespace, ports));
      return new Attachment(namespace.holder(), world, namespace.rootless());
    } catch (IOException e) {
      detach(new Attachment(namespace.holder(), world, namespace.rootless()));
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
    return new Attachment(
        attachment.holder(),
        Optional.of(connect(id, files, attachment, ports)),
        attachment.rootless());
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
      namespaces.setRules(namespace, TapFilter.open(WORLD, addresses, blockPrivate));
      filtered = Optional.of(addresses);
    }
  }

  @Override
  public void detach(Attachment attachment) {
    // It does not end by itself when the namespace does.
    attachment.world().ifPresent(ProcessIdentity::kill);
    attachment.holder().kill();
  }
}
