package dev.firebuild.worker.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.FailureCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCacheTest {
  private final Map<Digest, byte[]> remote = new HashMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicLong seconds = new AtomicLong();

  @TempDir private Path directory;

  @Test
  void aBlobIsFetchedOnce() throws Exception {
    // Given
    Digest digest = offer("hello");
    BlobCache cache = cache(1000);

    // When
    try (Blobs.Blob first = cache.get(digest);
        Blobs.Blob second = cache.get(digest)) {
      // Then
      assertThat(first.file()).hasContent("hello");
      assertThat(second.file()).isEqualTo(first.file());
      assertThat(requests).hasValue(1);
    }
  }

  @Test
  void anUnknownBlobIsNotFound() throws Exception {
    BlobCache cache = cache(1000);

    assertThatThrownBy(() -> cache.get(digest("missing")))
        .isInstanceOfSatisfying(
            SourceException.class, e -> assertThat(e.code()).isEqualTo(FailureCode.NOT_FOUND));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void falseBytesAreNeverKept() throws Exception {
    // Given
    Digest digest = digest("good");
    remote.put(digest, "evil".getBytes(StandardCharsets.UTF_8));
    BlobCache cache = cache(1000);

    // Then
    assertThatThrownBy(() -> cache.get(digest)).hasMessageContaining("another digest");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theLongestUnusedBlobGoesFirstAndOneInUseStays() throws Exception {
    // Given
    BlobCache cache = cache(10);
    Digest held = offer("12345678");
    Digest old = offer("abcdefgh");
    Digest young = offer("ABCDEFGH");
    try (Blobs.Blob first = cache.get(held)) {
      seconds.set(1);
      cache.get(old).close();

      // When
      seconds.set(2);
      cache.get(young).close();

      // Then
      assertThat(first.file()).exists();
      assertThat(directory.resolve(old.hex())).doesNotExist();
      assertThat(directory.resolve(young.hex())).exists();
    }
  }

  @Test
  void anUnfinishedDownloadOfAFormerProcessIsRemoved() throws Exception {
    Files.writeString(directory.resolve("0".repeat(64) + ".part"), "half");

    cache(10);

    assertThat(directory).isEmptyDirectory();
  }

  private BlobCache cache(long limit) throws IOException {
    return new BlobCache(directory, this::copy, limit, () -> Instant.ofEpochSecond(seconds.get()));
  }

  private boolean copy(Digest digest, OutputStream out) throws IOException {
    requests.incrementAndGet();
    byte[] bytes = remote.get(digest);
    if (bytes == null) {
      return false;
    }
    out.write(bytes);
    return true;
  }

  private Digest offer(String text) {
    remote.put(digest(text), text.getBytes(StandardCharsets.UTF_8));
    return digest(text);
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
