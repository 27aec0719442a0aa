package dev.firebuild.systemtest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.systemtest.harness.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients that mean ill, or know no better, at a coordinator with little memory that ends when it
 * has too little; while a well-behaved client goes on.
 */
@Tag("real")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AbuseTest {
  private static final String AUTHORIZATION = "Authorization: Bearer " + CoordinatorProcess.TOKEN;
  private static final int CONNECTIONS = 10_000;

  /** Others use this machine, too; undisturbed it takes some milliseconds. */
  private static final Duration BOUND = Duration.ofSeconds(2);

  private BrokerProcess broker;
  private CoordinatorProcess coordinator;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    broker = TestBroker.in(folder);
    coordinator =
        new CoordinatorProcess("c1", folder, broker.access().clientProperties(), "160m").start();
  }

  @AfterAll
  void stop() throws Exception {
    coordinator.close();
    broker.close();
  }

  @Test
  void tenThousandIdleConnectionsHarmNobody() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try (WellBehaved other = new WellBehaved(coordinator)) {
      long before = memory();
      // When
      for (int i = 0; i < CONNECTIONS; i++) {
        idle.add(new Socket(InetAddress.getLoopbackAddress(), coordinator.port()));
      }
      // Then those that were idle for longest are gone, the latest are kept
      idle.getFirst().setSoTimeout(20_000);
      assertThat(idle.getFirst().getInputStream().read()).isNegative();
      assertThat(ask(idle.getLast(), "GET /healthz HTTP/1.1", "Host: x"))
          .startsWith("HTTP/1.1 200");
      assertThat(memory() - before).isLessThan(200L << 20);
      other.assertServed(10);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
    assertThat(coordinator.running().isAlive()).as(coordinator::logs).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "POST /v1/builds, application/json, Content-Length: 1073741824, 413",
    "POST /v1/builds, application/json, Transfer-Encoding: chunked, 413",
    "POST /v1/none, application/json, Transfer-Encoding: chunked, 404",
    "GET /v1/builds, application/json, Transfer-Encoding: chunked, 200",
  })
  void aGibibyteIsNotReadToItsEnd(String what, String type, String length, String status)
      throws Exception {
    try (WellBehaved other = new WellBehaved(coordinator)) {
      int clients = 20;
      List<Thread> senders = new ArrayList<>();
      List<String> answers = java.util.Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < clients; i++) {
        senders.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (Socket socket = connect()) {
                    write(
                        socket,
                        what + " HTTP/1.1",
                        "Host: x",
                        AUTHORIZATION,
                        "Content-Type: " + type,
                        length);
                    answers.add(pour(socket, length.startsWith("Transfer")));
                  } catch (IOException e) {
                    answers.add(String.valueOf(e));
                  }
                }));
      }
      for (Thread sender : senders) {
        sender.join();
      }
      assertThat(answers)
          .hasSize(clients)
          .allSatisfy(answer -> assertThat(answer).startsWith("HTTP/1.1 " + status));
      other.assertServed(1);
    }
  }

  /** Sends a gibibyte, unless the connection ends before; returns what was answered. */
  private static String pour(Socket socket, boolean chunked) throws IOException {
    AtomicReference<String> answer = new AtomicReference<>("");
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              try {
                answer.set(first(socket));
              } catch (IOException e) {
                answer.set(String.valueOf(e));
              }
            });
    byte[] piece = new byte[1 << 16];
    byte[] size = bytes("10000\r\n");
    long sent = 0;
    try {
      for (; sent < 1L << 30; sent += piece.length) {
        if (chunked) {
          socket.getOutputStream().write(size);
        }
        socket.getOutputStream().write(piece);
        if (chunked) {
          socket.getOutputStream().write(bytes("\r\n"));
        }
      }
    } catch (SocketException e) {
      // Closed, as it should be.
    }
    assertThat(sent).isLessThan(64L << 20);
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return answer.get();
  }

  /** Each is answered once, and what follows is not taken for a request. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Length: 5~Transfer-Encoding: chunked",
        "Content-Length: 5~Content-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: -5",
        "Content-Length: +5",
        "Content-Length: five",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity~Transfer-Encoding: chunked",
        "Transfer-Encoding : chunked",
        "Host: another",
      })
  void aRequestThatCanBeReadInTwoWaysIsRefused(String headers) throws Exception {
    try (Socket socket = connect()) {
      List<String> head =
          new ArrayList<>(List.of("POST /v1/builds HTTP/1.1", "Host: x", AUTHORIZATION));
      head.addAll(List.of(headers.split("~", -1)));
      write(socket, head.toArray(String[]::new));
      try {
        socket.getOutputStream().write(bytes("0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
      } catch (SocketException e) {
        // Closed already.
      }
      String all = all(socket);

      assertThat(all).startsWith("HTTP/1.1 400").contains("\"code\":\"malformed\"");
      assertThat(all).doesNotContain("HTTP/1.1 200");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/../../../etc/passwd, 404",
    "/v1/images/..%2f..%2fetc%2fpasswd, 422",
    "/v1/images/%2e%2e/%2e%2e/token, 404",
    "/v1/blobs/..%2f..%2ftoken, 400",
    "/v1/blobs/sha256:%2e%2e%2ftoken, 400",
    "/v1/builds/%00, 404",
    "/v1/builds/%ff, 404",
    "/v1/builds/known;x=1, 404",
    "/v1/builds/a%0d%0aX-Y:z, 404",
    "/v1/builds?phase=%ff, 400",
    "/v1/builds/%zz, 400",
    "//v1//builds//x//y, 404",
    "*, 400",
  })
  void aStrangePathLeadsNowhere(String path, int status) throws Exception {
    try (Socket socket = connect()) {
      String answer = ask(socket, "GET " + path + " HTTP/1.1", "Host: x", AUTHORIZATION);

      assertThat(answer).startsWith("HTTP/1.1 " + status).contains("application/problem+json");
      assertThat(answer).doesNotContain("\r\nX-Y:").doesNotContain("root:");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Authorization: Bearer, 401",
    "Authorization: Basic 0123456789abcdef-test, 401",
    "Authorization: Bearer 0123456789abcdef-tes, 401",
    "Authorization: Bearer 0123456789abcdef-testt, 401",
    "Authorization: Bearer ÿ, 401",
    "X: y, 401",
  })
  void aWrongTokenLearnsNothing(String header, int status) throws Exception {
    List<String> bodies = new ArrayList<>();
    for (String path : List.of("/v1/builds", "/v1/builds/known", "/no/such/path")) {
      try (Socket socket = connect()) {
        String answer = ask(socket, "GET " + path + " HTTP/1.1", "Host: x", header);
        assertThat(answer).startsWith("HTTP/1.1 " + status);
        bodies.add(answer);
      }
    }
    assertThat(bodies).containsOnly(bodies.getFirst());
  }

  @Test
  void requestsThatFollowEachOtherAreAnsweredInTheirOrder() throws Exception {
    int count = 500;
    try (Socket socket = connect()) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < count; i++) {
        requests.append("GET /n%d HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n".formatted(i, AUTHORIZATION));
      }
      requests.append("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      socket.getOutputStream().write(bytes(requests.toString()));

      String answers = all(socket);

      int at = 0;
      for (int i = 0; i < count; i++) {
        at = answers.indexOf("\\\"/n" + i + "\\\"", at);
        assertThat(at).as("the answer to request %d", i).isPositive();
      }
      assertThat(answers.substring(at)).contains("HTTP/1.1 200");
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), coordinator.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void write(Socket socket, String... head) throws IOException {
    socket.getOutputStream().write(bytes(String.join("\r\n", head) + "\r\n\r\n"));
  }

  private static String ask(Socket socket, String... head) throws IOException {
    write(socket, head);
    return first(socket);
  }

  /** What comes at once. */
  private static String first(Socket socket) throws IOException {
    socket.setSoTimeout(30_000);
    byte[] answer = new byte[16_384];
    int n = socket.getInputStream().read(answer);
    return new String(answer, 0, Math.max(n, 0), StandardCharsets.ISO_8859_1);
  }

  /** What comes until the connection ends. */
  private static String all(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Memory of the coordinator that is in use, with all that is not its heap. */
  private long memory() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + coordinator.running().pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  /** A client that asks again and again, and notes how long each answer took. */
  private static final class WellBehaved implements AutoCloseable {
    private final List<Duration> taken = java.util.Collections.synchronizedList(new ArrayList<>());
    private final List<String> failed = java.util.Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread thread;

    WellBehaved(CoordinatorProcess coordinator) {
      HttpRequest.Builder request = coordinator.request("/v1/builds");
      thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (!ended.get()) {
                    long begin = System.nanoTime();
                    int status = coordinator.send(request).statusCode();
                    taken.add(Duration.ofNanos(System.nanoTime() - begin));
                    if (status != 200) {
                      failed.add(String.valueOf(status));
                    }
                  }
                } catch (IOException | InterruptedException e) {
                  failed.add(String.valueOf(e));
                }
              });
    }

    /** At least so many times, without a fault, 99 of 100 in bounded time. */
    void assertServed(int least) {
      await().atMost(Duration.ofSeconds(30)).until(() -> taken.size() >= least);
      assertThat(failed).isEmpty();
      List<Duration> sorted = taken.stream().toList().stream().sorted().toList();
      assertThat(sorted.get((sorted.size() - 1) * 99 / 100)).isLessThan(BOUND);
    }

    @Override
    public void close() {
      ended.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
