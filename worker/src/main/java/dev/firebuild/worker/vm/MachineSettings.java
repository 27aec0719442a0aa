package dev.firebuild.worker.vm;

import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.Network;
import dev.firebuild.worker.vmm.Acceleration;
import java.time.Duration;

/**
 * How machines are made on this host.
 *
 * @param acceleration {@code auto} finds out by booting a guest once per boot of the host
 * @param networks how they reach the world
 * @param bootTimeout how long a guest may take to become ready
 */
public record MachineSettings(
    Acceleration acceleration, NetworkSettings networks, Duration bootTimeout) {
  /** What a worker uses unless told otherwise. */
  public static final MachineSettings DEFAULT =
      new MachineSettings(Acceleration.AUTO, NetworkSettings.DEFAULT, Duration.ofMinutes(2));

  /** What makes and keeps the network of one machine. */
  Network network(NetworkMode mode, Processes processes) {
    return networks.network(mode, processes);
  }
}
