package dev.firebuild.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The secret that clients of an HTTP port show (RFC 6750). It has no text form, so that no log can
 * hold it.
 */
public final class BearerToken {
  private static final String SCHEME = "Bearer ";
  private static final int LEAST_LENGTH = 16;

  private final String secret;

  /** Throws {@link IllegalArgumentException} if {@code secret} is too short to be one. */
  public BearerToken(String secret) {
    if (secret.strip().length() < LEAST_LENGTH) {
      throw new IllegalArgumentException(
          "the bearer token must have at least %d characters".formatted(LEAST_LENGTH));
    }
    this.secret = secret.strip();
  }

  /**
   * Whether {@code authorization}, the value of an HTTP header, shows this token; null: there was
   * no such header.
   */
  public boolean isShownBy(@Nullable String authorization) {
    return authorization != null
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8),
            secret.getBytes(StandardCharsets.UTF_8));
  }

  /** The header's value that shows this token to another part of firebuild. */
  public String authorization() {
    return SCHEME + secret;
  }

  @Override
  public String toString() {
    return "BearerToken[…]";
  }
}
