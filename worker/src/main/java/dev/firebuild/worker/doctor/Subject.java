package dev.firebuild.worker.doctor;

import java.nio.file.Path;

/**
 * What of a host is looked at. Nothing of it need be there.
 *
 * @param data folder of the node
 * @param workerData what of it is the worker's
 * @param httpPort of the node's API
 * @param kafkaPort of the node's broker
 * @param jails where the jailer makes its jails
 * @param cniConfiguration folder of the networks' configurations
 * @param cniPlugins folder of the networks' programs
 */
public record Subject(
    Path data,
    Path workerData,
    int httpPort,
    int kafkaPort,
    Path jails,
    Path cniConfiguration,
    Path cniPlugins) {
  public static final String JAILS = "/srv/jailer";
  public static final String CNI_CONFIGURATION = "/etc/cni/net.d";
  public static final String CNI_PLUGINS = "/opt/cni/bin";

  public Subject {
    data = data.toAbsolutePath().normalize();
    workerData = workerData.toAbsolutePath().normalize();
    jails = jails.toAbsolutePath().normalize();
    cniConfiguration = cniConfiguration.toAbsolutePath().normalize();
    cniPlugins = cniPlugins.toAbsolutePath().normalize();
  }
}
