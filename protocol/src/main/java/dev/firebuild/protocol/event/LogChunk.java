package dev.firebuild.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Output bytes, at most 64 KiB. Exactly one of {@code text} and {@code base64} is present: bytes
 * that are not UTF-8 travel as base64.
 *
 * @param stream {@code stdout}, {@code stderr} or {@code console}
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record LogChunk(String stream, Optional<String> text, Optional<String> base64) {
  /** The most bytes of one chunk. */
  public static final int LIMIT = 64 * 1024;

  /** {@code bytes} as a chunk of {@code stream}. */
  public static LogChunk of(String stream, byte[] bytes) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      return new LogChunk(stream, Optional.of(text), Optional.empty());
    } catch (CharacterCodingException e) {
      return new LogChunk(
          stream, Optional.empty(), Optional.of(Base64.getEncoder().encodeToString(bytes)));
    }
  }

  /** The bytes that were written. */
  public byte[] bytes() {
    return base64
        .map(encoded -> Base64.getDecoder().decode(encoded))
        .orElseGet(() -> text.orElse("").getBytes(StandardCharsets.UTF_8));
  }
}
