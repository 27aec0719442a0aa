package dev.firebuild.worker.network.cni;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The versions of the specification that this worker speaks, oldest first. */
enum CniVersion {
  V0_3_0("0.3.0"),
  V0_3_1("0.3.1"),
  V0_4_0("0.4.0"),
  V1_0_0("1.0.0"),
  V1_1_0("1.1.0");

  private final String text;

  CniVersion(String text) {
    this.text = text;
  }

  /** Those of {@code texts} that this worker speaks, newest first. */
  static List<CniVersion> spoken(List<String> texts) {
    return Arrays.asList(values()).reversed().stream()
        .filter(version -> texts.contains(version.text))
        .toList();
  }

  /** For people. */
  static String all() {
    return Stream.of(values()).map(CniVersion::toString).collect(Collectors.joining(", "));
  }

  /** Whether there is CHECK, and DEL gets the result of ADD. */
  boolean hasCheck() {
    return compareTo(V0_4_0) >= 0;
  }

  boolean hasStatus() {
    return compareTo(V1_1_0) >= 0;
  }

  @Override
  public String toString() {
    return text;
  }
}
