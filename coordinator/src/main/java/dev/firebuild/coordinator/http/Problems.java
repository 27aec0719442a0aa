package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.blob.BlobStore;
import dev.firebuild.coordinator.feed.History;
import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.protocol.resource.ProblemException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.exc.StreamReadException;

/** The problems of the API, each with its status and code. */
final class Problems {
  private static final Map<String, String> SOON = Map.of("Retry-After", "2");

  private Problems() {}

  static ProblemException malformed(String detail) {
    return new ProblemException(Problem.of(400, "malformed", "The request cannot be read", detail));
  }

  /** The router gives up a request before any route sees it. */
  static ProblemException unroutable(boolean hasHost) {
    return hasHost
        ? undecodable()
        : malformed("the header Host is missing or wrong; HTTP/1.1 demands it: Host: NAME[:PORT]");
  }

  private static ProblemException undecodable() {
    return malformed("the path or the query has a broken % escape");
  }

  static ProblemException unauthorized() {
    return new ProblemException(
        Problem.of(
            401,
            "unauthorized",
            "A bearer token is needed",
            "send the header Authorization: Bearer TOKEN; a node's token is in DATA/token"),
        Map.of("WWW-Authenticate", "Bearer realm=\"firebuild\""));
  }

  static ProblemException notFound(String what, String name) {
    return new ProblemException(
        Problem.of(
            404, "not-found", "Not found", "there is no %s %s".formatted(what, Text.quote(name))));
  }

  static ProblemException methodNotAllowed(String method, String path, List<String> methods) {
    String allowed = String.join(", ", methods);
    return new ProblemException(
        Problem.of(
            405,
            "method-not-allowed",
            "Method not allowed",
            "%s has no %s, only %s".formatted(path, method, allowed)),
        Map.of("Allow", allowed));
  }

  static ProblemException notAcceptable(String path, List<String> types) {
    return new ProblemException(
        Problem.of(
            406,
            "not-acceptable",
            "Not acceptable",
            "%s gives %s, and the header Accept takes none of that"
                .formatted(path, String.join(" or ", types))));
  }

  static ProblemException timeout(String detail) {
    return new ProblemException(
        Problem.of(408, "timeout", "The request did not come in time", detail));
  }

  static ProblemException conflict(String code, String detail) {
    return new ProblemException(Problem.of(409, code, "Conflict", detail));
  }

  static ProblemException nameInUse(String name, String id) {
    return conflict(
        "name-in-use",
        "the name %s is that of the VM %s; remove that one first, or choose another"
            .formatted(name, id));
  }

  static ProblemException alreadyEnded(String what, String id, Enum<?> phase) {
    return conflict(
        "already-ended",
        "the %s %s has ended already: %s"
            .formatted(what, id, phase.name().toLowerCase(Locale.ROOT)));
  }

  static ProblemException tooLarge(String detail) {
    return new ProblemException(Problem.of(413, "too-large", "Too large", detail));
  }

  /** A JSON body has more than {@code limit} bytes. */
  static ProblemException requestTooLarge(int limit) {
    return tooLarge(
        "a request may have at most %d bytes; send a Dockerfile of that size as a context"
            .formatted(limit));
  }

  static ProblemException uriTooLong(int limit) {
    return new ProblemException(
        Problem.of(
            414,
            "too-large",
            "Too large",
            "the request line may have at most %d bytes".formatted(limit)));
  }

  static ProblemException unsupportedMediaType(String type) {
    return new ProblemException(
        Problem.of(
            415,
            "unsupported-media-type",
            "Unsupported media type",
            "the body is announced as %s; send JSON with the header Content-Type: application/json"
                    .formatted(type)
                + " (curl: --json instead of -d)"),
        Map.of("Accept", Route.JSON));
  }

  static ProblemException headersTooLarge(int limit) {
    return new ProblemException(
        Problem.of(
            431,
            "too-large",
            "Too large",
            "the headers of a request may have at most %d bytes".formatted(limit)));
  }

  static ProblemException internal() {
    return new ProblemException(
        Problem.of(
            500, "internal", "A defect of firebuild", "the coordinator's log has the stack trace"));
  }

  static ProblemException badRange(long size) {
    return new ProblemException(
        Problem.of(
            416,
            "bad-range",
            "Range not satisfiable",
            "the blob has %d bytes; ask for one range bytes=FIRST-LAST".formatted(size)),
        Map.of("Content-Range", "bytes */" + size));
  }

  static ProblemException invalid(String code, String detail) {
    return new ProblemException(Problem.of(422, code, "The request cannot be done", detail));
  }

  static ProblemException badGateway(String detail) {
    return new ProblemException(Problem.of(502, "worker", "The worker does not answer", detail));
  }

  static ProblemException tooManyConnections() {
    return new ProblemException(
        Problem.of(
            503,
            "too-many-connections",
            "Too many connections",
            "all connections that the coordinator keeps are in use; come again later, or use fewer"),
        SOON);
  }

  static ProblemException tooManyBodies() {
    return new ProblemException(
        Problem.of(
            503,
            "too-many-bodies",
            "Too many large requests",
            "the memory for large requests is taken by those that are being read; come again later"),
        SOON);
  }

  static ProblemException unavailable(String detail) {
    return new ProblemException(
        Problem.of(503, "unavailable", "Not available for the moment", detail), SOON);
  }

  /** The problem that {@code thrown} stands for; empty: a defect of ours. */
  static Optional<ProblemException> of(Throwable thrown) {
    return switch (thrown) {
      case ProblemException problem -> Optional.of(problem);
      case IllegalArgumentException e when e.getCause() instanceof StreamReadException ->
          Optional.of(malformed("the body is not JSON: " + e.getMessage()));
      case IllegalArgumentException e when e.getMessage() != null ->
          Optional.of(invalid("invalid-request", e.getMessage()));
      case RecordLog.UnavailableException e -> Optional.of(unavailable(message(e)));
      case History.HistoryException e -> Optional.of(unavailable(message(e)));
      case BlobStore.WrongDigestException e -> Optional.of(invalid("wrong-digest", message(e)));
      case BlobStore.TooLargeException e -> Optional.of(tooLarge(message(e)));
      case BlobStore.DiskFullException e -> Optional.of(diskFull(message(e)));
      case RequestBody.StalledException e -> Optional.of(timeout(message(e)));
      case LineReader.SlowLineException e -> Optional.of(timeout(message(e)));
      case IOException e when isDiskFull(e) ->
          Optional.of(
              diskFull(
                  "storing the upload: no space left on the coordinator's disk;"
                      + " free some and send it again"));
      default -> Optional.empty();
    };
  }

  private static ProblemException diskFull(String detail) {
    return new ProblemException(Problem.of(507, "disk-full", "The disk is full", detail));
  }

  private static String message(Throwable thrown) {
    return String.valueOf(thrown.getMessage());
  }

  private static boolean isDiskFull(IOException e) {
    String message = message(e);
    return message.contains("No space left on device") || message.contains("Disk quota exceeded");
  }
}
