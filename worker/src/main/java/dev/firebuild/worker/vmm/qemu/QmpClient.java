package dev.firebuild.worker.vmm.qemu;

import dev.firebuild.protocol.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** QEMU's machine protocol (docs/interop/qmp-spec.txt) over its unix socket. */
final class QmpClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QmpClient.class);
  private static final int LINE_LIMIT = 1 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Takes what QEMU says by itself. */
  interface Listener {
    /** An event, for example {@code SHUTDOWN}. */
    void event(String name, JsonNode data);

    /** The connection has ended; nothing follows. */
    void disconnected();
  }

  private final SocketChannel channel;
  private final Listener listener;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

  private QmpClient(SocketChannel channel, Listener listener) {
    this.channel = channel;
    this.listener = listener;
  }

  /** Connects and leaves the protocol's negotiation mode. */
  static QmpClient connect(Path socket, Listener listener) throws IOException {
    SocketChannel channel = ControlSocket.open(socket);
    QmpClient client = new QmpClient(channel, listener);
    Thread.ofVirtual().name("qmp " + socket).start(client::read);
    client.execute("qmp_capabilities", Map.of());
    return client;
  }

  /** Runs a command and returns what it returns. */
  JsonNode execute(String command, Map<String, ?> arguments) throws IOException {
    long id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    try {
      send(Map.of("execute", command, "arguments", arguments, "id", id));
      JsonNode message = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      if (message.has("error")) {
        throw new IOException(
            "QEMU refused %s: %s"
                .formatted(command, message.path("error").path("desc").asString()));
      }
      return message.path("return");
    } catch (ExecutionException e) {
      throw new IOException("QEMU closed its control socket before it answered " + command, e);
    } catch (TimeoutException e) {
      throw new IOException("QEMU did not answer %s within %s".formatted(command, TIMEOUT), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for QEMU's answer to " + command, e);
    } finally {
      answers.remove(id);
    }
  }

  private synchronized void send(Map<String, ?> message) throws IOException {
    ByteBuffer line = ByteBuffer.wrap((Json.text(message) + "\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
  }

  private void read() {
    try (InputStream in = new BufferedInputStream(Channels.newInputStream(channel))) {
      for (byte[] line = line(in); line.length > 0; line = line(in)) {
        dispatch(Json.mapper().readTree(line));
      }
    } catch (IOException | JacksonException e) {
      // QEMU's end of the socket just goes away when it ends.
    } finally {
      IOException gone = new IOException("the connection to QEMU has ended");
      answers.values().forEach(answer -> answer.completeExceptionally(gone));
      listener.disconnected();
    }
  }

  /**
   * The next line with its end; empty: nothing follows. The guest may have taken QEMU over, so what
   * is longer than all that QEMU ever says is not collected.
   */
  private static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (line.size() == LINE_LIMIT) {
        LOG.atWarn().addKeyValue("limit", LINE_LIMIT).log("QEMU's message is too long; cut off");
        throw new IOException("QEMU sent a line of more than %d bytes".formatted(LINE_LIMIT));
      }
      line.write(b);
      if (b == '\n') {
        break;
      }
    }
    return line.toByteArray();
  }

  private void dispatch(JsonNode message) {
    if (message.has("event")) {
      listener.event(message.path("event").asString(), message.path("data"));
    } else if (message.has("id")) {
      CompletableFuture<JsonNode> answer = answers.get(message.path("id").asLong());
      if (answer != null) {
        answer.complete(message);
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is buffered.
    }
  }
}
