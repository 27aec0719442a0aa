package dev.firebuild.worker.doctor;

import java.util.List;
import java.util.Optional;

/** Networks by CNI plugins, where an operator has set some up. */
final class CniChecks {
  /** Where Debian has them. */
  private static final String DEBIAN = "/usr/lib/cni";

  private static final List<String> PLUGINS =
      List.of("bridge", "host-local", "firewall", "portmap", "loopback");

  private final Subject subject;

  private CniChecks(Subject subject) {
    this.subject = subject;
  }

  static List<Check> all(Subject subject) {
    CniChecks checks = new CniChecks(subject);
    return List.of(
        check("cni-configuration", "A network is configured", checks::configuration),
        check("cni-plugins", "The usual plugins are there", checks::plugins),
        check("cni-forwarding", "The kernel passes packets on", checks::forwarding),
        check(
            "cni-bridge",
            "The kernel has bridges",
            checks.ifUsed(
                new KernelConfig(
                    "CONFIG_BRIDGE", "bridge", "networks of several VMs", Status.FAIL))),
        check(
            "cni-veth",
            "The kernel has pairs of devices",
            checks.ifUsed(
                new KernelConfig(
                    "CONFIG_VETH", "veth", "the way out of a namespace", Status.FAIL))));
  }

  private static Check check(String id, String title, Probe probe) {
    return new Check(id, Group.NETWORK, title + " (CNI)", Source.FIREBUILD, probe);
  }

  private Probe ifUsed(Probe probe) {
    return host -> {
      requireUse(host);
      return probe.look(host);
    };
  }

  private List<String> configurations(Host host) throws UnknownException {
    return host.names(subject.cniConfiguration().toString()).stream()
        .filter(name -> name.endsWith(".conflist") || name.endsWith(".conf"))
        .toList();
  }

  private void requireUse(Host host) throws UnknownException {
    if (configurations(host).isEmpty()) {
      throw new UnknownException(
          "no network is configured in %s; VMs have their own user network"
              .formatted(subject.cniConfiguration()));
    }
  }

  private Finding configuration(Host host) throws UnknownException {
    requireUse(host);
    return Finding.pass(String.join(", ", configurations(host)));
  }

  private Finding plugins(Host host) throws UnknownException {
    requireUse(host);
    Optional<String> folder =
        host.names(subject.cniPlugins().toString()).isEmpty()
            ? Optional.of(DEBIAN).filter(path -> !namesOrNone(host, path).isEmpty())
            : Optional.of(subject.cniPlugins().toString());
    String remedy = "apt-get install containernetworking-plugins";
    if (folder.isEmpty()) {
      return Finding.fail(
          "neither %s nor %s has any".formatted(subject.cniPlugins(), DEBIAN), remedy);
    }
    List<String> there = host.names(folder.get());
    List<String> missing = PLUGINS.stream().filter(name -> !there.contains(name)).toList();
    return missing.isEmpty()
        ? Finding.pass(folder.get())
        : Finding.warn("%s lacks %s".formatted(folder.get(), String.join(", ", missing)), remedy);
  }

  private static List<String> namesOrNone(Host host, String folder) {
    try {
      return host.names(folder);
    } catch (UnknownException e) {
      return List.of();
    }
  }

  private Finding forwarding(Host host) throws UnknownException {
    requireUse(host);
    return host.number("/proc/sys/net/ipv4/ip_forward") == 1
        ? Finding.pass("net.ipv4.ip_forward is 1")
        : Finding.fail(
            "net.ipv4.ip_forward is 0: guests reach nothing outside",
            "sysctl -w net.ipv4.ip_forward=1");
  }
}
