package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.document.Document;
import java.util.Optional;

/**
 * A document to be stored.
 *
 * @param partition that of its subject's events
 * @param document absent: the key is deleted
 * @param value as which it is stored
 */
public record Write(
    int partition, String key, Optional<Document> document, Optional<byte[]> value) {}
