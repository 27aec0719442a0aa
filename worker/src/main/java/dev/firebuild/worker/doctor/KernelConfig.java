package dev.firebuild.worker.doctor;

import java.util.Optional;

/**
 * Says whether the kernel has something, built in or as a module.
 *
 * @param option of its configuration, as {@code CONFIG_NFT_FWD_NETDEV}
 * @param module its name, as {@code nft_fwd_netdev}
 * @param need what it is there for
 * @param without how bad it is when it is missing
 */
record KernelConfig(String option, String module, String need, Status without) implements Probe {

  @Override
  public Finding look(Host host) throws UnknownException {
    String release = KernelRelease.of(host).text();
    if (host.text("/proc/modules").orElse("").lines().anyMatch(l -> l.startsWith(module + " "))) {
      return Finding.pass("module %s is loaded".formatted(module));
    }
    Optional<String> value = value(host, release);
    Optional<String> builtIn = host.text("/lib/modules/" + release + "/modules.builtin");
    if (value.equals(Optional.of("y")) || builtIn.map(this::isListed).orElse(false)) {
      return Finding.pass("%s is built in".formatted(option));
    }
    Optional<String> modules = host.text("/lib/modules/" + release + "/modules.dep");
    boolean loadable =
        modules.isPresent() ? isListed(modules.get()) : value.equals(Optional.of("m"));
    if (loadable) {
      return Finding.pass("module %s can be loaded".formatted(module));
    }
    if (value.isEmpty() && modules.isEmpty()) {
      throw new UnknownException(
          "this kernel shows neither its configuration nor its modules (/proc/config.gz, /boot/config-%s, /lib/modules/%s)"
              .formatted(release, release));
    }
    return new Finding(
        without,
        "this kernel has no %s (%s), which is there for %s".formatted(module, option, need),
        Optional.of("boot a kernel of the distribution, or one that is built with " + option));
  }

  private boolean isListed(String modules) {
    return modules.contains("/" + module + ".ko");
  }

  /** {@code y}, {@code m}, or {@code n}; empty where the kernel does not say. */
  private Optional<String> value(Host host, String release) throws UnknownException {
    Optional<String> config = host.text("/proc/config.gz");
    if (config.isEmpty()) {
      config = host.text("/boot/config-" + release);
    }
    return config.map(text ->
        text.lines()
            .filter(line -> line.startsWith(option + "="))
            .map(line -> line.substring(option.length() + 1))
            .findFirst()
            .orElse("n"));
  }
}
