package dev.firebuild.cli.client;

import java.time.Duration;

/**
 * How long the command waits for a node that says nothing.
 *
 * @param answer for an answer, and for each further part of it
 * @param made for an answer that the node must make first: the tar of an image
 * @param stored for the end of an upload, all of whose bytes are sent: the node writes them out
 * @param stream for the next sign of life of a stream of events; the node gives one each 15 s
 * @param broken for a stream of events to come back
 */
public record Patience(
    Duration answer, Duration made, Duration stored, Duration stream, Duration broken) {
  public static final Patience DEFAULT =
      new Patience(
          Duration.ofSeconds(60),
          Duration.ofMinutes(6),
          Duration.ofMinutes(10),
          Duration.ofSeconds(50),
          Duration.ofMinutes(2));
}
