package dev.firebuild.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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

  /** The digest of {@code bytes}. */
  public static Digest of(byte[] bytes) {
    return of(sha256(), bytes);
  }

  /** The digest of what {@code sha256} was given; it begins anew. */
  public static Digest of(MessageDigest sha256) {
    return of(sha256, new byte[0]);
  }

  private static Digest of(MessageDigest sha256, byte[] last) {
    return new Digest("sha256:" + HexFormat.of().formatHex(sha256.digest(last)));
  }

  /** A SHA-256 that was given nothing yet. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
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
