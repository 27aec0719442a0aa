package dev.firebuild.messaging.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Closes the connections of a server whose clients keep it waiting: for a request's head, for its
 * body, or for the end of a body that nobody wants. A time-out for silence would not do: a byte now
 * and then keeps a connection for ever, and a stream on which nothing happens is no fault. The
 * server tells what happens to each request; while one is answered, the answer has its own bounds.
 */
public final class ConnectionGuard implements AutoCloseable {
  /**
   * Connections that a server keeps unless said otherwise: some for each of a thousand readers, and
   * far below what a process may open.
   */
  private static final int MOST = 4096;

  /** Of a body that nobody wants: many clients read no answer before they have sent all. */
  private static final long UNWANTED_BYTES = 16L << 20;

  private final Vertx vertx;
  private final HttpPatience patience;
  private final int most;
  private final long timer;
  private final Map<HttpConnection, Wait> waits = new ConcurrentHashMap<>();
  private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();

  /** Those that are too many: their first request is their last. */
  private final Set<HttpConnection> surplus = ConcurrentHashMap.newKeySet();

  /** What a connection is waited for, and until when. */
  private record Wait(boolean forHead, long deadline) {}

  private ConnectionGuard(Vertx vertx, HttpPatience patience, int most) {
    this.vertx = vertx;
    this.patience = patience;
    this.most = most;
    // Often enough to keep what is promised, seldom enough to cost nothing.
    long period = Math.clamp(patience.farewell().toMillis() / 2, 10, 1000);
    this.timer = vertx.setPeriodic(period, _ -> closeOverdue());
  }

  /** Guards the connections of {@code server}, which does not listen yet. */
  public static ConnectionGuard of(Vertx vertx, HttpServer server, HttpPatience patience) {
    return of(vertx, server, patience, MOST);
  }

  /** As above, with at most {@code most} connections at once. */
  public static ConnectionGuard of(
      Vertx vertx, HttpServer server, HttpPatience patience, int most) {
    ConnectionGuard guard = new ConnectionGuard(vertx, patience, most);
    server.connectionHandler(guard::opened);
    return guard;
  }

  /** Of too many, the one goes that was not used for longest; if all are in use, the new one. */
  private void opened(HttpConnection connection) {
    connection.closeHandler(_ -> forget(connection));
    Optional<HttpConnection> idle = open.size() < most ? Optional.empty() : longestIdle();
    if (open.size() >= most && idle.isEmpty()) {
      surplus.add(connection);
      await(connection, /* forHead= */ false, patience.farewell());
      return;
    }
    idle.ifPresent(one -> {
      forget(one);
      Connections.abort(one);
    });
    open.add(connection);
    await(connection, /* forHead= */ true, patience.head());
  }

  private Optional<HttpConnection> longestIdle() {
    return waits.entrySet().stream()
        .filter(entry -> entry.getValue().forHead())
        .min(Comparator.comparingLong(entry -> entry.getValue().deadline()))
        .map(Map.Entry::getKey);
  }

  private void forget(HttpConnection connection) {
    waits.remove(connection);
    open.remove(connection);
    surplus.remove(connection);
  }

  /**
   * The head of {@code request} is there; its body may follow.
   *
   * @return whether it is to be answered; otherwise there are more connections than the server
   *     keeps, and the answer shall say so and close this one
   */
  public boolean begun(HttpServerRequest request) {
    await(request.connection(), /* forHead= */ false, patience.body());
    return !surplus.contains(request.connection());
  }

  /** All of {@code request} that is waited for before its handler is called is there. */
  public void handed(HttpServerRequest request) {
    waits.remove(request.connection());
  }

  /** The head of the answer is about to be sent. */
  public void answering(HttpServerRequest request) {
    if (isUnfinished(request)) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
  }

  /** The answer is sent, or the connection is gone; to be called on the connection's own thread. */
  public void answered(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    if (request.response().closed()) {
      waits.remove(connection);
    } else if (isUnfinished(request)) {
      // Closing at once, with bytes unread, would take the answer away from the client.
      await(connection, /* forHead= */ false, patience.farewell());
      long before = request.bytesRead();
      request.handler(_ -> {
        if (request.bytesRead() - before > UNWANTED_BYTES) {
          var _ = connection.close();
        }
      });
      request.endHandler(_ -> connection.close());
      var _ = request.resume();
    } else {
      await(connection, /* forHead= */ true, patience.head());
    }
  }

  private static boolean isUnfinished(HttpServerRequest request) {
    return hasBody(request) && !request.isEnded();
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || (length != null && !length.equals("0"));
  }

  private void await(HttpConnection connection, boolean forHead, Duration limit) {
    waits.put(connection, new Wait(forHead, System.nanoTime() + limit.toNanos()));
  }

  private void closeOverdue() {
    long now = System.nanoTime();
    waits.forEach((connection, wait) -> {
      if (now - wait.deadline() > 0 && waits.remove(connection, wait)) {
        Connections.abort(connection);
      }
    });
  }

  /** Guards no more; for after the end of the server. */
  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
