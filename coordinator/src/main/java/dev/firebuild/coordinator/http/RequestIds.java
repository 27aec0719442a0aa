package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Ids;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The ids of what is asked for. */
record RequestIds(RandomGenerator random) {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int ID_LENGTH = 20;

  /**
   * The id of a request: its own, the hash of its idempotency key, or a new one. {@code kind} keeps
   * builds and VMs of the same key apart.
   */
  String of(String kind, Optional<String> own, Optional<String> idempotencyKey) {
    return own.or(() -> idempotencyKey.map(key -> hash(kind + "\0" + key)))
        .orElseGet(() -> Ids.draw(random));
  }

  private static String hash(String text) {
    byte[] sha = Digest.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    StringBuilder id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ALPHABET.charAt((sha[i] & 0xff) % ALPHABET.length()));
    }
    return id.toString();
  }
}
