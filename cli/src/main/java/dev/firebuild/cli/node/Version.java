package dev.firebuild.cli.node;

import java.util.Optional;

/** The version of this build. */
final class Version {
  private Version() {}

  /** From the manifest of the jar; {@code dev} where classes lie in a folder. */
  static String current() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion()).orElse("dev");
  }
}
