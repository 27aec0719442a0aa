package dev.firebuild.coordinator.http;

/** How events travel to a client. */
enum EventFormat {
  /** Server-sent events: {@code id} is the position, {@code event} the short type. */
  SSE("text/event-stream", ":\n\n"),
  /** One JSON object per line. */
  NDJSON("application/x-ndjson", "\n");

  private final String contentType;
  private final String heartbeat;

  EventFormat(String contentType, String heartbeat) {
    this.contentType = contentType;
    this.heartbeat = heartbeat;
  }

  /** What {@code ?format} names, else what {@code Accept} prefers, else NDJSON. */
  static EventFormat of(Exchange exchange) {
    return exchange
        .query("format")
        .map(text -> Parameters.word(EventFormat.class, "format", text))
        .orElseGet(
            () -> exchange.accepted().filter(SSE.contentType::equals).isPresent() ? SSE : NDJSON);
  }

  String type() {
    return contentType;
  }

  /** What is sent while nothing happens, so that a reader knows the stream from a dead one. */
  String heartbeat() {
    return heartbeat;
  }
}
