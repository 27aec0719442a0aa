package dev.firebuild.messaging.http;

import java.time.Duration;

/**
 * How long an HTTP server waits for a client, and for whom it asks in turn.
 *
 * @param head for a whole head: from the connection, or from the last answer, on
 * @param body for a whole JSON body, and for the next bytes of an upload
 * @param farewell for the rest of a body that nobody wants, before the connection is closed
 * @param write for a client to take a piece of an answer
 * @param heartbeat silence of a stream after which its reader is told that somebody is there
 * @param worker for a worker to answer, and for each further part of what it answers; it may have
 *     to start a VM first
 */
public record HttpPatience(
    Duration head,
    Duration body,
    Duration farewell,
    Duration write,
    Duration heartbeat,
    Duration worker) {
  /** Longer than Java's clients keep a connection that they do not use: 30 s. */
  public static final HttpPatience DEFAULT =
      new HttpPatience(
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofMinutes(2),
          Duration.ofSeconds(15),
          Duration.ofMinutes(5));
}
