package dev.firebuild.worker.doctor;

import java.nio.file.Path;

/**
 * What of a host is looked at. Nothing of it need be there.
 *
 * @param data folder of the node
 * @param workerData what of it is the worker's
 * @param httpPort of the node's API
 * @param kafkaPort of the node's broker
 * @param cniConfiguration folder of the networks' configurations
 * @param cniPlugins folder of the networks' programs
 */
public record Subject(
    Path data,
    Path workerData,
    int httpPort,
    int kafkaPort,
    Firecracker firecracker,
    Path cniConfiguration,
    Path cniPlugins) {
  /**
   * Where Firecracker is.
   *
   * @param program its name, looked up where programs are, or its path
   * @param jailer the same
   * @param jails where the jailer makes its jails
   */
  public record Firecracker(String program, String jailer, Path jails) {
    public static final String PROGRAM = "firecracker";
    public static final String JAILER = "jailer";
    public static final String JAILS = "/srv/jailer";

    public Firecracker {
      jails = jails.toAbsolutePath().normalize();
    }
  }

  public Subject {
    data = data.toAbsolutePath().normalize();
    workerData = workerData.toAbsolutePath().normalize();
    cniConfiguration = cniConfiguration.toAbsolutePath().normalize();
    cniPlugins = cniPlugins.toAbsolutePath().normalize();
  }
}
