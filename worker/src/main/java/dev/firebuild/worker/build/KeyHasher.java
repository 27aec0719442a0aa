package dev.firebuild.worker.build;

import dev.firebuild.protocol.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Optional;

/**
 * A SHA-256 over values, each with its length in front, so that no two lists of them look alike.
 */
final class KeyHasher {
  private final MessageDigest sha256 = Digest.sha256();

  /**
   * @param purpose keeps keys of different kinds apart
   */
  KeyHasher(String purpose) {
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
    return Digest.of(sha256).hex();
  }
}
