package dev.firebuild.dockerfile.plan;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a program is made for, in the words of Go and of the OCI image specification.
 *
 * @param os for example {@code linux}
 * @param architecture for example {@code amd64}
 * @param variant for example {@code v7}; empty where there is none
 */
public record Platform(String os, String architecture, String variant) {
  public static final Platform LINUX_AMD64 = new Platform("linux", "amd64", "");

  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]+");
  private static final List<String> KNOWN_SYSTEMS =
      List.of("linux", "windows", "darwin", "freebsd", "netbsd", "openbsd", "solaris", "wasip1");

  /**
   * Reads {@code os/architecture[/variant]}, or only one of the first two. Common other names of
   * architectures ({@code x86_64}, {@code aarch64}) are turned into Go's.
   *
   * @param text for example {@code linux/arm64}
   * @param defaults for the part that is missing
   * @throws IllegalArgumentException if the text is no platform
   */
  public static Platform parse(String text, Platform defaults) {
    String[] parts = text.split("/", -1);
    if (parts.length > 3) {
      throw new IllegalArgumentException("platform %s has more than three parts".formatted(text));
    }
    for (String part : parts) {
      if (!PART.matcher(part).matches()) {
        throw new IllegalArgumentException(
            "platform %s: expected os/architecture or os/architecture/variant".formatted(text));
      }
    }
    if (parts.length == 1) {
      String word = parts[0].toLowerCase(Locale.ROOT);
      return KNOWN_SYSTEMS.contains(word)
          ? new Platform(word, defaults.architecture, defaults.variant)
          : normalized(defaults.os, word, "");
    }
    return normalized(parts[0], parts[1], parts.length == 3 ? parts[2] : "");
  }

  private static Platform normalized(String os, String architecture, String variant) {
    String system = os.toLowerCase(Locale.ROOT);
    String version = variant.toLowerCase(Locale.ROOT);
    return switch (architecture.toLowerCase(Locale.ROOT)) {
      case "x86_64", "x86-64", "amd64" -> new Platform(system, "amd64", version);
      case "i386", "386" -> new Platform(system, "386", "");
      case "aarch64", "arm64" ->
          new Platform(system, "arm64", version.equals("v8") || version.equals("8") ? "" : version);
      case "armhf" -> new Platform(system, "arm", "v7");
      case "armel" -> new Platform(system, "arm", "v6");
      case "arm" -> new Platform(system, "arm", version.isEmpty() ? "v7" : version);
      case String other -> new Platform(system, other, version);
    };
  }

  /** {@code os/architecture[/variant]}. */
  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
