package dev.firebuild.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of an image: {@code [registry[:port]/]path[:tag]}, for example {@code
 * debian:bookworm-slim} or {@code combust-labs/postgres:13}. A missing tag is {@code latest}. Two
 * references that mean the same image are equal: {@code docker.io/library/debian} is {@code
 * debian:latest}.
 *
 * <p>The grammar is that of the distribution project's reference documentation.
 *
 * @param name without the tag, {@code docker.io/library/} and {@code docker.io/} dropped
 * @param tag 1 to 128 characters {@code [A-Za-z0-9_][A-Za-z0-9._-]*}
 */
public record Reference(String name, String tag) {
  private static final Pattern NAME =
      Pattern.compile(
          "(?:(?:localhost|[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+(?::[0-9]+)?|[A-Za-z0-9-]+:[0-9]+|localhost:[0-9]+)/)?"
              + "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final int NAME_LIMIT = 255;
  private static final int TAG_LIMIT = 128;

  /** Throws {@link IllegalArgumentException} saying which part is wrong. */
  public Reference {
    if (name.length() > NAME_LIMIT || !(Words.isPath(name) || NAME.matcher(name).matches())) {
      throw new IllegalArgumentException(
          "image name %s: expected lower-case letters, digits and . _ - / (at most 255 characters)"
              .formatted(Text.quote(name)));
    }
    if (!Words.isWord(tag, TAG_LIMIT) || tag.charAt(0) == '.' || tag.charAt(0) == '-') {
      throw new IllegalArgumentException(
          "tag %s: expected 1 to 128 letters, digits and . _ -".formatted(Text.quote(tag)));
    }
    if (name.startsWith("docker.io/library/")) {
      name = name.substring("docker.io/library/".length());
    } else if (name.startsWith("docker.io/")) {
      name = name.substring("docker.io/".length());
    }
  }

  /** Reads {@code name[:tag]}; throws {@link IllegalArgumentException} if it is not a reference. */
  @JsonCreator
  public static Reference parse(String text) {
    if (text.contains("@")) {
      throw new IllegalArgumentException(
          "image %s: references by digest are not supported; use name:tag"
              .formatted(Text.quote(text)));
    }
    int colon = text.lastIndexOf(':');
    return colon > text.lastIndexOf('/')
        ? new Reference(text.substring(0, colon), text.substring(colon + 1))
        : new Reference(text, "latest");
  }

  @JsonValue
  @Override
  public String toString() {
    return name + ":" + tag;
  }
}
