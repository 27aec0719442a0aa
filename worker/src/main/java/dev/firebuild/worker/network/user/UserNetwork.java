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
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
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

  /**
   * @param blockPrivate whether guests are kept from private address ranges too
   */
  public UserNetwork(Processes processes, boolean blockPrivate) {
    namespaces = new Namespace(processes);
    slirp = new Slirp(processes);
    this.blockPrivate = blockPrivate;
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
      namespaces.addRules(namespace, TapFilter.open(WORLD, hostAddresses(), blockPrivate));
      world = Optional.of(slirp.start(id, files, namespace, WORLD));
      for (PortMapping port : ports) {
        Slirp.publish(files.networkApi(), port);
      }
      return new Attachment(namespace.holder(), world, namespace.rootless());
    } catch (IOException e) {
      detach(new Attachment(namespace.holder(), world, namespace.rootless()));
      throw e;
    }
  }

  @Override
  public void detach(Attachment attachment) {
    // It does not end by itself when the namespace does.
    attachment.world().ifPresent(ProcessIdentity::kill);
    attachment.holder().kill();
  }

  private static List<String> hostAddresses() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet4Address.class::isInstance)
        .map(InetAddress::getHostAddress)
        .toList();
  }
}
