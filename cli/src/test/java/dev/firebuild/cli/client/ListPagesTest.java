package dev.firebuild.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.Items;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node with 2500 items, of which it gives at most 1000 at once. */
@SuppressWarnings("NullAway.Init")
class ListPagesTest {
  private static final int ITEMS = 2500;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private ApiClient api;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          byte[] page = Json.bytes(page(exchange.getRequestURI().getQuery()));
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    api =
        new ApiClient(
            new NodeAddress(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "token"),
            ApiClient.http());
  }

  private static Items<Accepted> page(String query) {
    int from = number(query, "after", 0);
    int to = Math.min(ITEMS, from + number(query, "limit", 1000));
    return new Items<>(
        IntStream.range(from, to).mapToObj(i -> new Accepted("id" + i, "/")).toList(),
        to < ITEMS ? Optional.of(to + "+/") : Optional.empty());
  }

  private static int number(String query, String parameter, int otherwise) {
    return query == null || !query.contains(parameter + "=")
        ? otherwise
        : Integer.parseInt(query.replaceAll(".*" + parameter + "=", "").replaceAll("[^0-9].*", ""));
  }

  @AfterEach
  void stop() {
    api.close();
    server.stop(0);
  }

  @Test
  void allPagesAreOneList() {
    assertThat(api.list("/v1/builds?phase=queued", Accepted.class))
        .extracting(Accepted::id)
        .containsExactlyElementsOf(IntStream.range(0, ITEMS).mapToObj(i -> "id" + i).toList());
    assertThat(asked)
        .containsExactly(
            "/v1/builds?phase=queued",
            "/v1/builds?phase=queued&after=1000%2B%2F",
            "/v1/builds?phase=queued&after=2000%2B%2F");
  }

  @Test
  void noMoreIsAskedForThanIsWanted() {
    assertThat(api.list("/v1/builds", Accepted.class, 5)).hasSize(5);
    assertThat(api.list("/v1/builds", Accepted.class, 1200)).hasSize(1200);
    assertThat(api.list("/v1/builds", Accepted.class, 9999)).hasSize(ITEMS);
    assertThat(asked)
        .containsExactly(
            "/v1/builds?limit=5",
            "/v1/builds",
            "/v1/builds?limit=200&after=1000%2B%2F",
            "/v1/builds",
            "/v1/builds?after=1000%2B%2F",
            "/v1/builds?after=2000%2B%2F");
  }
}
