package dev.firebuild.worker.network.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.request.PortMapping;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlirpApiTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir Path folder;

  @Test
  void whoNeverAnswersIsNotWaitedFor() throws Exception {
    try (ServerSocketChannel _ = listen(1)) {
      assertThatThrownBy(() -> Slirp.publish(api(SHORT), new PortMapping("127.0.0.1", 8080, 80)))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "cannot publish port 127.0.0.1:8080: slirp4netns did not answer add_hostfwd within"
                  + " 300 ms");
    }
  }

  @Test
  void whoTakesNoConnectionIsNotWaitedFor() throws Exception {
    List<SocketChannel> waiting = new ArrayList<>();
    try (ServerSocketChannel _ = listen(1)) {
      // Given a queue that is full
      boolean full = false;
      while (!full) {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        waiting.add(channel);
        channel.configureBlocking(false);
        try {
          channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException e) {
          full = true;
        }
      }

      assertThatThrownBy(() -> api(SHORT).call("list_hostfwd", Map.of()))
          .isInstanceOf(IOException.class);
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @Test
  void anAnswerWithoutEndIsGivenUp() throws Exception {
    try (ServerSocketChannel server = listen(1)) {
      Thread.ofVirtual()
          .start(() -> {
            try (SocketChannel client = server.accept()) {
              while (true) {
                client.write(ByteBuffer.wrap(new byte[1 << 16]));
              }
            } catch (IOException e) {
              // Given up, as it should be.
            }
          });

      assertThatThrownBy(() -> api(LONG).call("x", Map.of()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("more than");
    }
  }

  @Test
  void aRefusalIsToldAsSuch() throws Exception {
    try (ServerSocketChannel server = listen(1)) {
      answer(
          server, "{\"error\":{\"desc\":\"bad request: add_hostfwd: slirp_add_hostfwd failed\"}}");

      assertThatThrownBy(() -> Slirp.publish(api(LONG), new PortMapping("127.0.0.1", 8080, 80)))
          .hasMessageContaining("another program has just taken it")
          .hasMessageContaining("slirp_add_hostfwd failed");
    }
  }

  @Test
  void anAnswerIsReturned() throws Exception {
    try (ServerSocketChannel server = listen(1)) {
      answer(server, "{\"return\":{\"id\":7}}");

      assertThat(api(LONG).call("add_hostfwd", Map.of()).path("id").asInt()).isEqualTo(7);
    }
  }

  private static void answer(ServerSocketChannel server, String text) {
    Thread.ofVirtual()
        .start(() -> {
          try (SocketChannel client = server.accept()) {
            Channels.newInputStream(client).readAllBytes();
            client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
          } catch (IOException e) {
            // The test says what is missing.
          }
        });
  }

  private SlirpApi api(Duration limit) {
    return new SlirpApi(socket(), limit);
  }

  private Path socket() {
    return folder.resolve("api");
  }

  private ServerSocketChannel listen(int backlog) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    return server.bind(UnixDomainSocketAddress.of(socket()), backlog);
  }
}
