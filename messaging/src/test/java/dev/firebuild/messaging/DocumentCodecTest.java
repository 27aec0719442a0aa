package dev.firebuild.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.request.BuildRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentCodecTest {
  private static final String REQUEST =
      "{\"tag\":\"t\",\"source\":{\"dockerfile\":\"FROM scratch\"}}";

  @Test
  void aDocumentComesBackAsItWas() {
    Document document =
        BuildDocument.queued("b1", Json.read(bytes(REQUEST), BuildRequest.class), 1, Instant.EPOCH);

    assertThat(DocumentCodec.decode(document.key(), DocumentCodec.encode(document)))
        .contains(document);
  }

  @Test
  void collectionsMayBeLeftOut() {
    Optional<Document> read =
        DocumentCodec.decode(
            "build/b1",
            bytes(
                "{\"id\":\"b1\",\"request\":%s,\"phase\":\"QUEUED\",\"attempt\":1,\"createdAt\":\"2026-01-01T00:00:00Z\"}"
                    .formatted(REQUEST)));

    assertThat(read.map(BuildDocument.class::cast).orElseThrow().outbox()).isEmpty();
  }

  /** One such record, from anybody, would stop every owner and every list for good. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "nothing; x",
        "build/b1; x",
        "build/b1; null",
        "build/b1; {}",
        "image/bb:latest; {\"a\":1}",
        "vm/v1; {\"id\":\"v1\",\"request\":{\"image\":\"bb\"},\"phase\":null}",
        "vm/v1; {\"id\":\"v1\",\"request\":{\"image\":\"bb\"},\"phase\":\"RUNNING\",\"attempt\":1}",
        "build/b1; {\"id\":\"b2\",\"request\":{\"tag\":\"t\",\"source\":{\"dockerfile\":\"\"}},"
            + "\"phase\":\"QUEUED\",\"attempt\":1,\"createdAt\":\"2026-01-01T00:00:00Z\"}",
        "build/b1; {\"id\":\"b1\",\"request\":{\"tag\":\"t\",\"source\":{\"dockerfile\":\"\"}},"
            + "\"phase\":\"QUEUED\",\"attempt\":1,\"createdAt\":\"2026-01-01T00:00:00Z\",\"outbox\":[null]}",
      })
  void whatIsNoWholeDocumentOfItsKeyIsSkipped(String key, String value) {
    assertThat(DocumentCodec.decode(key, bytes(value))).isEmpty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
