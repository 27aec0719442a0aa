package dev.firebuild.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** The SHA-256 of some bytes, written {@code sha256:} and 64 hexadecimal digits. */
public record Digest(@JsonValue String value) {
  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

  /** Throws {@link IllegalArgumentException} if {@code value} has another form. */
  @JsonCreator
  public Digest {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "digest %s: expected sha256: and 64 hexadecimal digits".formatted(Text.quote(value)));
    }
  }

  /** The 64 hexadecimal digits. */
  public String hex() {
    return value.substring("sha256:".length());
  }

  @Override
  public String toString() {
    return value;
  }
}
