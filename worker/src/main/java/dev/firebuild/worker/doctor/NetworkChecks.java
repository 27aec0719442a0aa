package dev.firebuild.worker.doctor;

import dev.firebuild.worker.host.ProcessResult;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What networks of VMs are made of, and what guests must not reach. */
final class NetworkChecks {
  private static final String TUN = "/dev/net/tun";
  private static final String METADATA = "169.254.169.254";
  private static final long NAMESPACES = 256;

  /** How makers of clouds name themselves in the firmware. */
  private static final List<String> CLOUDS =
      List.of(
          "amazon",
          "google",
          "microsoft",
          "digitalocean",
          "alibaba",
          "openstack",
          "oraclecloud",
          "hetzner",
          "scaleway",
          "tencent");

  private NetworkChecks() {}

  static List<Check> all() {
    return List.of(
        check("tun-device", "firebuild may use " + TUN, Source.FIREBUILD, NetworkChecks::tun),
        check(
            "user-namespaces",
            "This user may make namespaces for VMs",
            Source.FIREBUILD,
            NetworkChecks::userNamespaces),
        check(
            "network-namespaces",
            "There may be a network namespace for each VM",
            Source.FIREBUILD,
            NetworkChecks::networkNamespaces),
        check(
            "kernel-nf-tables",
            "The kernel has nftables",
            Source.NETWORK,
            new KernelConfig("CONFIG_NF_TABLES", "nf_tables", "the filters of VMs", Status.FAIL)),
        check(
            "kernel-nft-forward",
            "The kernel's filters can pass packets on between devices",
            Source.FIREBUILD,
            new KernelConfig(
                "CONFIG_NFT_FWD_NETDEV",
                "nft_fwd_netdev",
                "the way from a VM into its network",
                Status.FAIL)),
        check(
            "metadata-address",
            "Guests do not reach the cloud's metadata",
            Source.PRODUCTION,
            NetworkChecks::metadata),
        check(
            "traffic-control",
            "Traffic can be shaped",
            Source.PRODUCTION,
            new Program("tc", "iproute2", "limits of what a VM sends", Status.WARN)),
        check(
            "connection-tracking",
            "The table of connections has room",
            Source.PRODUCTION,
            NetworkChecks::connections),
        check(
            "route-localnet",
            "Packets from outside do not reach the host's loopback",
            Source.FIREBUILD,
            NetworkChecks::routeLocalnet));
  }

  private static Check check(String id, String title, Source source, Probe probe) {
    return new Check(id, Group.NETWORK, title, source, probe);
  }

  private static Finding tun(Host host) throws UnknownException {
    if (host.file(TUN).isEmpty()) {
      return Finding.fail("there is none: VMs have no network", "modprobe tun");
    }
    return host.mayUse(TUN)
        ? Finding.pass(TUN)
        : Finding.fail("this user may not open it", "chmod 0666 " + TUN);
  }

  private static Finding userNamespaces(Host host) throws UnknownException {
    if (host.isRoot()) {
      return Finding.pass("root needs no user namespace");
    }
    ProcessResult trial = host.run("unshare", "-U", "-r", "-n", "true");
    if (trial.exitCode() == 0) {
      return Finding.pass("unshare -U -r -n works");
    }
    boolean apparmor =
        host.text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
            .orElse("")
            .strip()
            .equals("1");
    return Finding.fail(
        "it may not: " + trial.stderr().strip(),
        apparmor
            ? "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
            : "sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000");
  }

  private static Finding networkNamespaces(Host host) throws UnknownException {
    if (host.file("/proc/self/ns/net").isEmpty()) {
      return Finding.fail(
          "the kernel has no network namespaces", "boot a kernel with CONFIG_NET_NS");
    }
    long most = host.number("/proc/sys/user/max_net_namespaces");
    return most >= NAMESPACES
        ? Finding.pass("at most " + most)
        : Finding.warn(
            "at most %d, where %d are enough".formatted(most, NAMESPACES),
            "sysctl -w user.max_net_namespaces=15000");
  }

  private static Finding metadata(Host host) throws UnknownException {
    Optional<String> maker = maker(host);
    boolean cloud =
        maker.isPresent()
            && CLOUDS.stream().anyMatch(maker.get().toLowerCase(Locale.ROOT)::contains);
    // Virtual machines of smaller clouds call themselves after their hypervisor.
    if (maker.isPresent() && !cloud && !Processors.of(host).areVirtual()) {
      return Finding.pass(
          "%s is no cloud; firebuild's own filter blocks the address as well"
              .formatted(maker.get()));
    }
    ProcessResult rules = host.run("nft", "list", "ruleset");
    if (rules.exitCode() != 0) {
      throw new UnknownException("only root sees the host's filters (nft list ruleset)");
    }
    boolean blocked =
        rules
            .stdout()
            .lines()
            .anyMatch(rule ->
                rule.contains(METADATA) && (rule.contains("drop") || rule.contains("reject")));
    if (blocked) {
      return Finding.pass("the host's filters drop packets to " + METADATA);
    }
    if (!cloud) {
      return Finding.skip(
          "nothing says whether this is a cloud's host, and no filter names the address");
    }
    return Finding.warn(
        "%s: only firebuild's own filters keep guests from %s"
            .formatted(maker.orElse(""), METADATA),
        "nft add table inet metadata; nft 'add chain inet metadata forward { type filter hook forward priority -10; }'; nft add rule inet metadata forward ip daddr %s drop"
            .formatted(METADATA));
  }

  /** Maker and product, as the firmware tells them. */
  private static Optional<String> maker(Host host) throws UnknownException {
    String folder = "/sys/class/dmi/id/";
    String words =
        String.join(
            " ",
            Stream.of(
                    host.text(folder + "sys_vendor"),
                    host.text(folder + "product_name"),
                    host.text(folder + "chassis_asset_tag"))
                .flatMap(Optional::stream)
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList());
    return Optional.of(words).filter(text -> !text.isEmpty());
  }

  private static Finding connections(Host host) throws UnknownException {
    String folder = "/proc/sys/net/netfilter/nf_conntrack_";
    if (host.file(folder + "max").isEmpty()) {
      throw new UnknownException("the kernel tracks no connections now");
    }
    long count = host.number(folder + "count");
    long most = host.number(folder + "max");
    String found = "%d of %d are used".formatted(count, most);
    return count * 10 < most * 8
        ? Finding.pass(found)
        : Finding.warn(
            found + ": new connections of all guests are dropped when it is full",
            "sysctl -w net.netfilter.nf_conntrack_max=%d".formatted(most * 2));
  }

  private static Finding routeLocalnet(Host host) throws UnknownException {
    for (String name : host.names("/proc/sys/net/ipv4/conf")) {
      if (host.number("/proc/sys/net/ipv4/conf/" + name + "/route_localnet") == 1) {
        return Finding.warn(
            "route_localnet is on for %s: guests behind it may reach 127.0.0.1".formatted(name),
            "sysctl -w net.ipv4.conf.%s.route_localnet=0".formatted(name));
      }
    }
    return Finding.pass("route_localnet is off everywhere");
  }
}
