package dev.firebuild.messaging;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.WorkerDocument;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Documents as records of the state topic: the kind stands in the key. */
public final class DocumentCodec {
  private static final Logger log = LoggerFactory.getLogger(DocumentCodec.class);
  private static final Map<String, Class<? extends Document>> KINDS =
      Map.of(
          "build", BuildDocument.class,
          "vm", VmDocument.class,
          "image", ImageDocument.class,
          "kernel", KernelDocument.class,
          "name", NameDocument.class,
          "worker", WorkerDocument.class);

  private DocumentCodec() {}

  /** {@code document} as the value of a record whose key is {@link Document#key()}. */
  public static byte[] encode(Document document) {
    return Json.bytes(document);
  }

  /**
   * Reads a value; empty for kinds that this version does not know and for broken values: what
   * lacks something, or is not the document of its key.
   */
  public static Optional<Document> decode(String key, byte[] value) {
    int slash = key.indexOf('/');
    Class<? extends Document> kind = slash < 0 ? null : KINDS.get(key.substring(0, slash));
    if (kind == null) {
      return Optional.empty();
    }
    try {
      Document document = Json.readWhole(value, kind);
      if (!document.key().equals(key)) {
        throw new IllegalArgumentException("it is the document of another key: " + document.key());
      }
      return Optional.of(document);
    } catch (IllegalArgumentException e) {
      log.atWarn()
          .addKeyValue("key", key)
          .addKeyValue("reason", e.getMessage())
          .log("a document cannot be read and is skipped");
      return Optional.empty();
    }
  }
}
