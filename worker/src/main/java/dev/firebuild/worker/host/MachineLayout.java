package dev.firebuild.worker.host;

import java.nio.file.Path;

/**
 * The files of one machine.
 *
 * @param directory mode 0700
 */
public record MachineLayout(Path directory) {
  /** What a later worker must know, see {@code Journal}. */
  public Path journal() {
    return directory.resolve("journal.json");
  }

  /** The keys of its SSH connection. */
  public Path keys() {
    return directory.resolve("keys.json");
  }

  /** The config drive. */
  public Path config() {
    return directory.resolve("config.tar");
  }

  /** The VMM's control socket. */
  public Path qmp() {
    return directory.resolve("qmp.sock");
  }

  /** The guest's serial line. */
  public Path serial() {
    return directory.resolve("serial.sock");
  }

  /** What the guest printed on its serial line, bounded. */
  public Path console() {
    return directory.resolve("console.log");
  }

  /** What the VMM printed. */
  public Path vmmLog() {
    return directory.resolve("vmm.log");
  }

  /** slirp4netns's control socket. */
  public Path networkApi() {
    return directory.resolve("network.sock");
  }

  /** Where the results of CNI plugins for its network are kept: a file that holds the path. */
  public Path cniResult() {
    return directory.resolve("cni-result");
  }

  /** What the network's processes printed. */
  public Path networkLog() {
    return directory.resolve("network.log");
  }
}
