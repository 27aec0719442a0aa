package dev.firebuild.worker.doctor;

import java.util.Optional;

/**
 * Says whether a program is installed.
 *
 * @param packageName of Debian
 * @param need what it is there for
 * @param without how bad it is when it is missing
 */
record Program(String name, String packageName, String need, Status without) implements Probe {

  @Override
  public Finding look(Host host) {
    return host.program(name)
        .map(Finding::pass)
        .orElseGet(() ->
            new Finding(
                without,
                "%s is not installed; it is there for %s".formatted(name, need),
                Optional.of("apt-get install " + packageName)));
  }
}
