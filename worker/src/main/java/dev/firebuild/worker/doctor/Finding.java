package dev.firebuild.worker.doctor;

import java.util.List;
import java.util.Optional;

/**
 * What a check says of a host.
 *
 * @param found what is there, or why that cannot be told
 * @param remedy what to do about it, one command where that is possible
 */
record Finding(Status status, String found, Optional<String> remedy) {

  /** The worst of {@code findings}, the first of equal ones; empty where there are none. */
  static Optional<Finding> worst(List<Finding> findings) {
    return findings.stream().reduce((one, next) -> next.weight() > one.weight() ? next : one);
  }

  private int weight() {
    return status.weight();
  }

  static Finding pass(String found) {
    return new Finding(Status.PASS, found, Optional.empty());
  }

  static Finding warn(String found, String remedy) {
    return new Finding(Status.WARN, found, Optional.of(remedy));
  }

  static Finding fail(String found, String remedy) {
    return new Finding(Status.FAIL, found, Optional.of(remedy));
  }

  static Finding skip(String reason) {
    return new Finding(Status.SKIP, reason, Optional.empty());
  }
}
