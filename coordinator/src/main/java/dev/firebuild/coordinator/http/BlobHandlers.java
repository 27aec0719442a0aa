package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.blob.BlobStore;
import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v1/blobs}. */
final class BlobHandlers {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
  private static final Pattern ONE_RANGE = Pattern.compile("bytes=[^,]*");
  private static final String BINARY = "application/octet-stream";

  private final BlobStore blobs;

  BlobHandlers(BlobStore blobs) {
    this.blobs = blobs;
  }

  /** A stretch of a blob; both ends included. */
  record Range(long first, long last) {
    long length() {
      return last - first + 1;
    }

    /** Reads the header's value; throws a problem if it is none of a blob of {@code size} bytes. */
    static Range parse(String header, long size) {
      Matcher matcher = RANGE.matcher(header);
      if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
        throw Problems.badRange(size);
      }
      long first;
      long last = size - 1;
      if (matcher.group(1).isEmpty()) {
        first = Math.max(0, size - Long.parseLong(matcher.group(2)));
      } else {
        first = Long.parseLong(matcher.group(1));
        if (!matcher.group(2).isEmpty()) {
          last = Math.min(last, Long.parseLong(matcher.group(2)));
        }
      }
      if (first > last) {
        throw Problems.badRange(size);
      }
      return new Range(first, last);
    }
  }

  void head(Exchange exchange) throws IOException {
    Path file = find(exchange);
    exchange
        .with("Content-Length", Long.toString(Files.size(file)))
        .with("Content-Type", BINARY)
        .with("Accept-Ranges", "bytes")
        .empty(200);
  }

  void get(Exchange exchange) throws IOException {
    Path file = find(exchange);
    long size = Files.size(file);
    exchange.with("Content-Type", BINARY).with("Accept-Ranges", "bytes");
    // Other units, and several ranges at once, may be ignored (RFC 9110, 14.2).
    Optional<String> asked = exchange.header("Range").filter(ONE_RANGE.asMatchPredicate());
    if (asked.isEmpty()) {
      exchange.sendFile(200, file, 0, size);
      return;
    }
    Range range = Range.parse(asked.get(), size);
    exchange
        .with("Content-Range", "bytes %d-%d/%d".formatted(range.first(), range.last(), size))
        .sendFile(206, file, range.first(), range.length());
  }

  void put(Exchange exchange) throws IOException {
    Digest digest = digest(exchange);
    if (exchange.contentLength() > blobs.limit()) {
      throw Problems.tooLarge("a blob may have at most %d bytes".formatted(blobs.limit()));
    }
    blobs.requireRoom(Math.max(0, exchange.contentLength()));
    blobs.put(digest, exchange.body());
    exchange.with("Location", "/v1/blobs/" + digest).empty(201);
  }

  private Path find(Exchange exchange) throws IOException {
    Digest digest = digest(exchange);
    return blobs.find(digest).orElseThrow(() -> Problems.notFound("blob", digest.value()));
  }

  private static Digest digest(Exchange exchange) {
    try {
      return new Digest(exchange.path("digest"));
    } catch (IllegalArgumentException e) {
      throw Problems.malformed(String.valueOf(e.getMessage()));
    }
  }
}
