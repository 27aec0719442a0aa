package dev.firebuild.worker.network.user;

import dev.firebuild.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** slirp4netns's control socket (see slirp4netns(1)): one connection per command. */
record SlirpApi(Path socket, Duration limit) {
  /** It answers in a millisecond, or it is stuck. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final int ANSWER_LIMIT = 1 << 20;

  static SlirpApi of(Path socket) {
    return new SlirpApi(socket, LIMIT);
  }

  /** slirp4netns has understood the command and says no. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private RefusedException(String reason) {
      super(reason);
    }
  }

  /**
   * Runs {@code command}, connecting and answering included within the limit.
   *
   * @throws RefusedException if slirp4netns says why it does not
   */
  JsonNode call(String command, Map<String, ?> arguments) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // Neither connecting nor reading takes a time limit; both end when the channel is closed.
      Thread watch = Thread.ofVirtual().name("slirp " + command).start(() -> closeLate(channel));
      try {
        return exchange(channel, command, arguments);
      } catch (ClosedChannelException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        throw new IOException(
            "slirp4netns did not answer %s within %d ms".formatted(command, limit.toMillis()), e);
      } finally {
        watch.interrupt();
      }
    }
  }

  private void closeLate(SocketChannel channel) {
    try {
      Thread.sleep(limit);
      channel.close();
    } catch (InterruptedException | IOException e) {
      // It was in time, or is closed already.
    }
  }

  private JsonNode exchange(SocketChannel channel, String command, Map<String, ?> arguments)
      throws IOException {
    channel.connect(UnixDomainSocketAddress.of(socket));
    ByteBuffer request =
        ByteBuffer.wrap(Json.bytes(Map.of("execute", command, "arguments", arguments)));
    while (request.hasRemaining()) {
      channel.write(request);
    }
    channel.shutdownOutput();
    InputStream in = Channels.newInputStream(channel);
    byte[] answer = in.readNBytes(ANSWER_LIMIT);
    if (answer.length == ANSWER_LIMIT) {
      throw new IOException(
          "slirp4netns answered %s with more than %d bytes".formatted(command, ANSWER_LIMIT));
    }
    return result(command, answer);
  }

  private static JsonNode result(String command, byte[] answer) throws IOException {
    try {
      JsonNode read = Json.mapper().readTree(answer);
      if (read.has("error")) {
        throw new RefusedException(read.path("error").path("desc").asString(""));
      }
      return read.path("return");
    } catch (JacksonException e) {
      throw new IOException("slirp4netns gave no answer to " + command, e);
    }
  }
}
