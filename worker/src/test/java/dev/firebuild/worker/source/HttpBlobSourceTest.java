package dev.firebuild.worker.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpBlobSourceTest {
  private static final Digest DIGEST = new Digest("sha256:" + "a".repeat(64));
  private static final Duration SHORT = Duration.ofMillis(400);

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome"})
  void aCoordinatorThatFallsSilentIsNotWaitedForForEver(String says) throws Exception {
    try (ServerSocket coordinator = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Socket> asked = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> answer(coordinator, asked, says));

      assertThatThrownBy(() -> source(coordinator).copy(DIGEST, new ByteArrayOutputStream()))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("GET http://127.0.0.1:")
          .hasMessageContaining("/v1/blobs/" + DIGEST);
      asked.get(10, TimeUnit.SECONDS).close();
    }
  }

  @Test
  void aCoordinatorMayBeSlow() throws Exception {
    try (ServerSocket coordinator = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            CompletableFuture<Socket> asked = new CompletableFuture<>();
            answer(coordinator, asked, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
            try (Socket socket = asked.join()) {
              for (int i = 0; i < 10; i++) {
                Thread.sleep(SHORT.dividedBy(4));
                socket.getOutputStream().write('x');
              }
            } catch (IOException | InterruptedException e) {
              // The test says what is missing.
            }
          });
      ByteArrayOutputStream out = new ByteArrayOutputStream();

      assertThat(source(coordinator).copy(DIGEST, out)).isTrue();
      assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("x".repeat(10));
    }
  }

  private static HttpBlobSource source(ServerSocket coordinator) {
    return new HttpBlobSource(
        URI.create("http://127.0.0.1:" + coordinator.getLocalPort()), () -> "token", SHORT);
  }

  private static void answer(
      ServerSocket coordinator, CompletableFuture<Socket> asked, String says) {
    try {
      Socket socket = coordinator.accept();
      socket.getOutputStream().write(says.getBytes(StandardCharsets.US_ASCII));
      asked.complete(socket);
    } catch (IOException e) {
      asked.completeExceptionally(e);
    }
  }
}
