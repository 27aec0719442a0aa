package dev.firebuild.worker.vm;

import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.ClosedNetwork;
import dev.firebuild.worker.network.Network;
import dev.firebuild.worker.network.user.HostAddresses;
import dev.firebuild.worker.network.user.UserNetwork;
import dev.firebuild.worker.vmm.Acceleration;
import java.time.Duration;

/**
 * How machines are made on this host.
 *
 * @param acceleration {@code auto} finds out by booting a guest once per boot of the host
 * @param blockPrivateNetworks whether guests are kept from private address ranges too
 * @param bootTimeout how long a guest may take to become ready
 */
public record MachineSettings(
    Acceleration acceleration, boolean blockPrivateNetworks, Duration bootTimeout) {
  /** What a worker uses unless told otherwise. */
  public static final MachineSettings DEFAULT =
      new MachineSettings(Acceleration.AUTO, false, Duration.ofMinutes(2));

  /** What makes and keeps the network of one machine. */
  Network network(NetworkMode mode, Processes processes) {
    return switch (mode) {
      case USER -> new UserNetwork(processes, blockPrivateNetworks, HostAddresses.OF_THIS);
      case NONE -> new ClosedNetwork(processes);
    };
  }
}
