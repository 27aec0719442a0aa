package dev.firebuild.coordinator.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Reference;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DocumentsTest {
  private final Documents documents = new Documents(_ -> 0, Json::bytes, 8192);

  @Test
  void aDocumentThatNoRecordCanHoldChangesNothing() {
    // Given
    documents.assigned(0, List.of());
    BuildDocument small = document("x");
    documents.put("b1", small);

    // When / Then
    assertThatThrownBy(() -> documents.put("b1", document("x".repeat(8192))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("build/b1");
    assertThat(documents.build("b1")).contains(small);
    assertThat(documents.take())
        .singleElement()
        .satisfies(write -> assertThat(write.document()).contains(small));
  }

  private static BuildDocument document(String argument) {
    BuildRequest request =
        new BuildRequest(
            Optional.of("b1"),
            Reference.parse("t").toString(),
            new Source.Inline("FROM scratch"),
            Optional.empty(),
            Map.of("A", argument),
            Map.of(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return BuildDocument.queued("b1", request, 1, Instant.EPOCH);
  }
}
