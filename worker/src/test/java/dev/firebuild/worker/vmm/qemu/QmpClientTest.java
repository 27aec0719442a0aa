package dev.firebuild.worker.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A QEMU that says what the tests want. */
class QmpClientTest implements QmpClient.Listener {
  private static final String GREETED = "{\"QMP\":{}}\n{\"return\":{},\"id\":1}\n";

  @TempDir Path folder;
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final CompletableFuture<Boolean> disconnected = new CompletableFuture<>();
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();

  @Test
  void aMessageWithoutEndIsNotCollected() throws Exception {
    byte[] piece = new byte[1 << 16];
    try (ServerSocketChannel server = listen()) {
      Thread.ofVirtual()
          .start(() ->
              serve(
                  server,
                  client -> {
                    // Then nothing more: only its length tells that this is not well.
                    for (int i = 0; i < 20; i++) {
                      ByteBuffer bytes = ByteBuffer.wrap(piece);
                      while (bytes.hasRemaining()) {
                        client.write(bytes);
                      }
                    }
                  }));

      try (QmpClient _ = QmpClient.connect(folder.resolve("qmp"), this)) {
        assertThat(disconnected.get(10, TimeUnit.SECONDS)).isTrue();
      } finally {
        done.complete(true);
      }
    }
  }

  @Test
  void aLongMessageIsRead() throws Exception {
    String event =
        "{\"event\":\"LONG\",\"data\":{\"text\":\"%s\"}}\n".formatted("x".repeat(1_000_000));
    try (ServerSocketChannel server = listen()) {
      Thread.ofVirtual()
          .start(() ->
              serve(
                  server,
                  client -> {
                    ByteBuffer bytes = ByteBuffer.wrap(event.getBytes(StandardCharsets.UTF_8));
                    while (bytes.hasRemaining()) {
                      client.write(bytes);
                    }
                    done.complete(true);
                  }));

      try (QmpClient _ = QmpClient.connect(folder.resolve("qmp"), this)) {
        assertThat(disconnected.get(10, TimeUnit.SECONDS)).isTrue();
      }
    }
    assertThat(events).containsExactly("LONG");
  }

  @Override
  public void event(String name, JsonNode data) {
    events.add(name);
  }

  @Override
  public void disconnected() {
    disconnected.complete(true);
  }

  private interface Speech {
    void to(SocketChannel client) throws IOException;
  }

  private void serve(ServerSocketChannel server, Speech speech) {
    try (SocketChannel client = server.accept();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8))) {
      var _ = in.readLine();
      client.write(ByteBuffer.wrap(GREETED.getBytes(StandardCharsets.UTF_8)));
      speech.to(client);
      done.join();
    } catch (IOException e) {
      // The client has closed.
    }
  }

  private ServerSocketChannel listen() throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    return server.bind(UnixDomainSocketAddress.of(folder.resolve("qmp")));
  }
}
