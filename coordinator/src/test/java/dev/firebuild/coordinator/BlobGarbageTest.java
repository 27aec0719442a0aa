package dev.firebuild.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.coordinator.blob.BlobStore;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.request.BuildRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class BlobGarbageTest {
  private static final Duration KEEP = Duration.ofHours(24);

  @TempDir Path folder;
  private final Views views = new Views();
  private Instant now = Instant.now();
  private boolean seesAll = true;
  private BlobStore blobs;
  private BlobGarbage garbage;

  @BeforeEach
  void open() throws IOException {
    blobs = new BlobStore(folder, 1 << 20, () -> now);
    garbage = new BlobGarbage(blobs, KEEP, views, () -> seesAll);
  }

  @Test
  void anOldUploadIsRemovedAndCanBeSentAgain() throws Exception {
    // Given
    Digest old = upload("old");
    now = now.plus(KEEP).plusSeconds(60);
    Digest young = upload("young");
    assertThat(Files.exists(file(old))).isTrue();

    // When
    garbage.collect();

    // Then
    assertThat(blobs.find(old)).isEmpty();
    assertThat(blobs.find(young)).isPresent();
    upload("old");
    assertThat(blobs.find(old).map(BlobGarbageTest::text)).contains("old");
    assertThat(incoming()).isEmpty();
  }

  @Test
  void askingForAnUploadKeepsIt() throws Exception {
    Digest digest = upload("asked for");
    now = now.plus(Duration.ofHours(20));
    assertThat(blobs.find(digest)).isPresent();
    now = now.plus(Duration.ofHours(20));

    garbage.collect();

    assertThat(blobs.find(digest)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"context", "rootfs", "kernel"})
  void whatAQueuedBuildNeedsStays(String kind) throws Exception {
    Digest digest = upload("needed");
    views.applyRequest("b1", request(kind, digest), now);
    now = now.plus(Duration.ofDays(30));

    garbage.collect();

    assertThat(blobs.find(digest)).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void whatABuildNeedsStaysUntilItHasEnded(BuildDocument.Phase phase) throws Exception {
    Digest digest = upload("needed");
    views.applyRequest("b1", request("context", digest), now);
    views.apply(build(phase, request("context", digest)));
    now = now.plus(Duration.ofDays(30));

    garbage.collect();

    assertThat(Files.exists(file(digest))).isEqualTo(!phase.isSettled());
  }

  @Test
  void nothingIsRemovedWhileNotAllBuildsAreSeen() throws Exception {
    Digest digest = upload("old");
    now = now.plus(Duration.ofDays(30));
    seesAll = false;

    garbage.collect();
    assertThat(Files.exists(file(digest))).isTrue();

    seesAll = true;
    garbage.collect();
    assertThat(Files.exists(file(digest))).isFalse();
  }

  @Test
  void aRunningUploadGoesOnAndOneThatWasKilledGoes() throws Exception {
    // Given
    Path killed = Files.writeString(folder.resolve("incoming/0123456789abcdefghij"), "half");
    Files.setLastModifiedTime(killed, FileTime.from(now));
    now = now.plus(Duration.ofDays(1)).plusSeconds(60);

    // When the garbage is collected in the middle of an upload
    byte[] bytes = "whole".getBytes(StandardCharsets.UTF_8);
    InputStream slow =
        new InputStream() {
          private int next;

          @Override
          public int read() throws IOException {
            if (next == 2) {
              for (Path file : incoming()) {
                if (!file.equals(killed)) {
                  Files.setLastModifiedTime(file, FileTime.from(now));
                }
              }
              garbage.collect();
            }
            return next == bytes.length ? -1 : bytes[next++];
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = read();
            if (read < 0) {
              return -1;
            }
            buffer[offset] = (byte) read;
            return 1;
          }
        };
    Digest digest = digest("whole");
    blobs.put(digest, slow);

    // Then
    assertThat(killed).doesNotExist();
    assertThat(blobs.find(digest).map(BlobGarbageTest::text)).contains("whole");
  }

  private Digest upload(String text) throws Exception {
    Digest digest = digest(text);
    blobs.put(digest, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    assertThat(blobs.find(digest)).isPresent();
    return digest;
  }

  private Path file(Digest digest) {
    return folder.resolve("sha256").resolve(digest.hex());
  }

  private List<Path> incoming() throws IOException {
    try (var files = Files.list(folder.resolve("incoming"))) {
      return files.toList();
    }
  }

  private static BuildRequest request(String kind, Digest digest) {
    String json = "{\"tag\":\"a\",\"source\":{\"%s\":\"%s\"}}".formatted(kind, digest);
    return Json.read(json.getBytes(StandardCharsets.UTF_8), BuildRequest.class).withId("b1");
  }

  private static BuildDocument build(BuildDocument.Phase phase, BuildRequest request) {
    return new BuildDocument(
        "b1",
        request,
        phase,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
