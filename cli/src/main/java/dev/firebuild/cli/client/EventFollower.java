package dev.firebuild.cli.client;

import dev.firebuild.protocol.resource.EventFrame;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Follows a stream of events and goes on where it was when the connection breaks or the node falls
 * silent: it gives signs of life even if nothing happens. Not thread-safe.
 */
public final class EventFollower {
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final ApiClient api;
  private long heard;

  /** What is done with each event. */
  @FunctionalInterface
  public interface Listener {
    /** Takes the event, as a line and as what it says; false: no more are wanted. */
    boolean on(String line, EventFrame frame);

    /** Now and then while nothing happens; false: no more are wanted. */
    default boolean onSilence() {
      return true;
    }
  }

  public EventFollower(ApiClient api) {
    this.api = api;
  }

  /**
   * Gives {@code listener} the events that {@code path} streams, until it wants no more. Throws
   * {@link CliException} if the node stays silent.
   *
   * @param live whether a stream that ends before that is asked for again
   */
  public void follow(String path, boolean live, Listener listener) {
    Optional<String> position = Optional.empty();
    boolean connected = false;
    Optional<IOException> broken = Optional.empty();
    heard = System.nanoTime();
    while (true) {
      Optional<InputStream> opened = open(path, position, connected);
      connected |= opened.isPresent();
      if (opened.isPresent()) {
        // What the listener throws is not the connection's fault: it goes to the caller.
        try (InputStream body = opened.get();
            BufferedReader lines =
                new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            heard = System.nanoTime();
            if (line.isBlank() || isGap(line)) {
              if (!listener.onSilence()) {
                return;
              }
              continue;
            }
            EventFrame frame = EventFrame.parse(line.getBytes(StandardCharsets.UTF_8));
            position = Optional.of(frame.position());
            if (!listener.on(line, frame)) {
              return;
            }
          }
          if (!live) {
            return;
          }
        } catch (IOException e) {
          // Asked for again below.
          broken = Optional.of(e);
        }
      }
      if (isTooLong()) {
        throw new CliException(
            "the stream of events of %s breaks off again and again (%s); the node's log may say why, and the same command goes on when it is well"
                .formatted(
                    api.address(),
                    broken.map(IOException::getMessage).orElse("the node closes it")));
      }
      if (!listener.onSilence()) {
        return;
      }
      pause();
    }
  }

  /** The stream from {@code position} on; empty if it may be there in a moment. */
  private Optional<InputStream> open(String path, Optional<String> position, boolean connected) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", "application/x-ndjson");
    position.ifPresent(last -> headers.put("Last-Event-ID", last));
    try {
      return Optional.of(api.openEvents(path, headers));
    } catch (CliException e) {
      // The very first connection must stand: else there is no node, and waiting is no help.
      if (!connected || isTooLong()) {
        throw e;
      }
      return Optional.empty();
    } catch (ApiException e) {
      if (e.problem().status() != 503 || isTooLong()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private boolean isTooLong() {
    return System.nanoTime() - heard > api.patience().broken().toNanos();
  }

  private static boolean isGap(String line) {
    return line.contains("\"type\":\"gap\"") && !line.contains("\"specversion\"");
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException("interrupted", e);
    }
  }
}
