package dev.firebuild.worker.vm;

import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.ClosedNetwork;
import dev.firebuild.worker.network.HostAddresses;
import dev.firebuild.worker.network.Network;
import dev.firebuild.worker.network.cni.CniNetwork;
import dev.firebuild.worker.network.cni.CniSettings;
import dev.firebuild.worker.network.user.UserNetwork;
import java.io.IOException;

/**
 * How the world is brought to machines on this host.
 *
 * @param provider who brings it
 * @param blockPrivate whether guests are kept from private address ranges too
 * @param cni the host's networks, for {@link Provider#CNI}
 * @param host the addresses that no guest may reach
 */
public record NetworkSettings(
    Provider provider, boolean blockPrivate, CniSettings cni, HostAddresses host) {
  /** What a worker uses unless told otherwise. */
  public static final NetworkSettings DEFAULT =
      new NetworkSettings(Provider.USER, false, CniSettings.DEFAULT, HostAddresses.OF_THIS);

  /** Who brings the world to machines. */
  public enum Provider {
    /** slirp4netns: no root, nothing to set up. */
    USER,
    /** The host's own networks and their plugins. */
    CNI
  }

  /** Fails with what is to be done unless new machines can have the world. */
  public void requireUsable(Processes processes) throws IOException {
    switch (provider) {
      case USER -> {
        // A machine says what is missing for it.
      }
      case CNI -> CniNetwork.requireUsable(processes, cni);
    }
  }

  /** What a machine must ask for to reach the world. */
  NetworkMode world() {
    return switch (provider) {
      case USER -> NetworkMode.USER;
      case CNI -> NetworkMode.CNI;
    };
  }

  /** What makes and keeps the network of one machine, also of one that another provider began. */
  Network network(NetworkMode mode, Processes processes) {
    return switch (mode) {
      case USER -> new UserNetwork(processes, blockPrivate, host);
      case CNI -> new CniNetwork(processes, cni, blockPrivate, host);
      case NONE -> new ClosedNetwork(processes);
    };
  }
}
