package dev.firebuild.worker.build;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A SHA-256 over values, each with its length in front, so that no two lists of them look alike.
 */
final class KeyHasher {
  private final MessageDigest sha256;

  /**
   * @param purpose keeps keys of different kinds apart
   */
  KeyHasher(String purpose) {
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    add(purpose);
  }

  KeyHasher add(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    add(bytes.length);
    sha256.update(bytes);
    return this;
  }

  KeyHasher add(long value) {
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    return this;
  }

  KeyHasher addAll(Collection<String> values) {
    add(values.size());
    values.forEach(this::add);
    return this;
  }

  KeyHasher add(Optional<String> value) {
    add(value.isPresent() ? 1 : 0);
    value.ifPresent(this::add);
    return this;
  }

  /** The digest of all that was added, in hexadecimal; ends the use of this object. */
  String key() {
    return HexFormat.of().formatHex(sha256.digest());
  }
}
