package dev.firebuild.worker.doctor;

/** Looks at one thing of a host. Each kind of check is one of these. */
@FunctionalInterface
interface Probe {
  /**
   * What is to be said of {@code host}.
   *
   * @throws UnknownException if that cannot be told
   */
  Finding look(Host host) throws UnknownException;
}
