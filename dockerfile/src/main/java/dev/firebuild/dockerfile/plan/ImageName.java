package dev.firebuild.dockerfile.plan;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The grammar of image references: {@code [registry[:port]/]path[:tag][@digest]}.
 *
 * @see <a href="https://pkg.go.dev/github.com/distribution/reference">distribution/reference</a>
 */
final class ImageName {
  private static final int LENGTH_LIMIT = 1_000;
  private static final int NAME_LIMIT = 255;
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:\\[[a-fA-F0-9:]+\\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::[0-9]+)?");
  private static final Pattern PART = Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern DIGEST =
      Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}");
  private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");

  private ImageName() {}

  /** Throws {@link IllegalArgumentException} saying what is wrong with a reference. */
  static void check(String reference) {
    if (reference.length() > LENGTH_LIMIT) {
      throw new IllegalArgumentException("invalid reference format: it is too long");
    }
    if (IDENTIFIER.matcher(reference).matches()) {
      throw new IllegalArgumentException(
          "invalid repository name, cannot specify 64-byte hexadecimal strings");
    }
    int at = reference.indexOf('@');
    if (at >= 0 && !DIGEST.matcher(reference.substring(at + 1)).matches()) {
      throw new IllegalArgumentException("invalid reference format: the digest is none");
    }
    String tagged = at >= 0 ? reference.substring(0, at) : reference;
    int colon = tagged.lastIndexOf(':');
    boolean hasTag = colon > tagged.lastIndexOf('/');
    if (hasTag && !TAG.matcher(tagged.substring(colon + 1)).matches()) {
      throw new IllegalArgumentException("invalid reference format: the tag is none");
    }
    checkName(hasTag ? tagged.substring(0, colon) : tagged);
  }

  private static void checkName(String name) {
    int slash = name.indexOf('/');
    boolean hasRegistry = slash >= 0 && isRegistry(name.substring(0, slash));
    if (hasRegistry && !REGISTRY.matcher(name.substring(0, slash)).matches()) {
      throw new IllegalArgumentException("invalid reference format: the registry is none");
    }
    String path = hasRegistry ? name.substring(slash + 1) : name;
    if (!path.equals(path.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "invalid reference format: repository name (%s) must be lowercase".formatted(path));
    }
    for (String part : path.split("/", -1)) {
      if (!PART.matcher(part).matches()) {
        throw new IllegalArgumentException("invalid reference format");
      }
    }
    if (name.length() > NAME_LIMIT) {
      throw new IllegalArgumentException(
          "invalid reference format: the name has more than %d characters".formatted(NAME_LIMIT));
    }
  }

  /** The first part of a name is a registry if nobody could take it for a path. */
  private static boolean isRegistry(String first) {
    return first.contains(".")
        || first.contains(":")
        || first.equals("localhost")
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }
}
