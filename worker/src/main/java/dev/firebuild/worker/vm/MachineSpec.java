package dev.firebuild.worker.vm;

import dev.firebuild.protocol.request.PortMapping;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A VM that shall be started.
 *
 * @param id instance id, 20 characters {@code [a-z0-9]}: every host resource is named after it
 * @param kernel name of a kernel in the store
 * @param cpus virtual CPUs
 * @param memMib memory in MiB
 * @param lowers ext4 layer files, bottom first, attached read-only; the tree lies under {@code .up}
 * @param upper ext4 file that takes what the guest writes, see {@link
 *     dev.firebuild.worker.host.Ext4#create}
 * @param inputs raw drives, attached read-only; the guest sees input {@code i} at {@code
 *     /dev/input/i}
 * @param network what the guest reaches
 * @param ports published TCP ports; none with {@link NetworkMode#NONE}
 * @param address that the guest shall have; only with {@link NetworkMode#CNI}
 * @param hostname the guest's host name
 * @param configFiles more files for the config drive, by relative path; the guest finds them under
 *     {@code /run/config/}
 * @param workload what the guest does once it is up
 */
public record MachineSpec(
    String id,
    String kernel,
    int cpus,
    int memMib,
    List<Path> lowers,
    Path upper,
    List<Path> inputs,
    NetworkMode network,
    List<PortMapping> ports,
    Optional<String> address,
    String hostname,
    Map<String, byte[]> configFiles,
    Workload workload) {
  private static final Pattern ID = Pattern.compile("[a-z0-9]{20}");
  private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,62})");

  /**
   * The most drives of one VM: config, upper, lowers and inputs together. An image may have 127
   * layers, as Docker's do, and a build may copy from others.
   */
  public static final int MAX_DRIVES = 160;

  /** Throws {@link IllegalArgumentException} naming the field and the rule. */
  public MachineSpec {
    require(ID.matcher(id).matches(), "id: expected 20 characters a-z 0-9");
    require(cpus >= 1 && cpus <= 32, "cpus: expected 1 to 32");
    require(memMib >= 64, "memMib: expected at least 64");
    require(HOSTNAME.matcher(hostname).matches(), "hostname: not a host name: " + hostname);
    lowers = List.copyOf(lowers);
    inputs = List.copyOf(inputs);
    ports = List.copyOf(ports);
    configFiles = Map.copyOf(configFiles);
    require(
        2 + lowers.size() + inputs.size() <= MAX_DRIVES,
        "drives: %d layers and %d inputs, at most %d together"
            .formatted(lowers.size(), inputs.size(), MAX_DRIVES - 2));
    require(
        ports.isEmpty() || network != NetworkMode.NONE,
        "ports: a machine without network cannot publish any");
    require(
        address.isEmpty() || network == NetworkMode.CNI,
        "ipAddress: this worker's VMs are in networks of their own and all have the same address; leave it out, or use a worker with --network-provider cni");
  }

  /** A machine that takes the address that its network gives it. */
  public MachineSpec(
      String id,
      String kernel,
      int cpus,
      int memMib,
      List<Path> lowers,
      Path upper,
      List<Path> inputs,
      NetworkMode network,
      List<PortMapping> ports,
      String hostname,
      Map<String, byte[]> configFiles,
      Workload workload) {
    this(
        id,
        kernel,
        cpus,
        memMib,
        lowers,
        upper,
        inputs,
        network,
        ports,
        Optional.empty(),
        hostname,
        configFiles,
        workload);
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }
}
