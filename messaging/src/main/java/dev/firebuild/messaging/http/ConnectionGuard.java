package dev.firebuild.messaging.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Closes the connections of a server whose clients keep it waiting: for a request's head, for its
 * body, or for the end of a body that nobody wants. A time-out for silence would not do: a byte now
 * and then keeps a connection for ever, and a stream on which nothing happens is no fault. The
 * server tells what happens to each request; while one is answered, the answer has its own bounds.
 */
public final class ConnectionGuard {
  /** Of a body that nobody wants: many clients read no answer before they have sent all. */
  private static final long UNWANTED_BYTES = 16L << 20;

  private final HttpPatience patience;
  private final Map<HttpConnection, Long> deadlines = new ConcurrentHashMap<>();

  private ConnectionGuard(HttpPatience patience) {
    this.patience = patience;
  }

  /** Guards the connections of {@code server}, which does not listen yet. */
  public static ConnectionGuard of(Vertx vertx, HttpServer server, HttpPatience patience) {
    ConnectionGuard guard = new ConnectionGuard(patience);
    server.connectionHandler(guard::opened);
    // Often enough to keep what is promised, seldom enough to cost nothing.
    long period = Math.clamp(patience.farewell().toMillis() / 2, 10, 1000);
    vertx.setPeriodic(period, _ -> guard.closeOverdue());
    return guard;
  }

  private void opened(HttpConnection connection) {
    await(connection, patience.head());
    connection.closeHandler(_ -> deadlines.remove(connection));
  }

  /** The head of {@code request} is there; its body may follow. */
  public void begun(HttpServerRequest request) {
    await(request.connection(), patience.body());
  }

  /** All of {@code request} that is waited for before its handler is called is there. */
  public void handed(HttpServerRequest request) {
    deadlines.remove(request.connection());
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
      deadlines.remove(connection);
    } else if (isUnfinished(request)) {
      // Closing at once, with bytes unread, would take the answer away from the client.
      await(connection, patience.farewell());
      long before = request.bytesRead();
      request.handler(_ -> {
        if (request.bytesRead() - before > UNWANTED_BYTES) {
          var _ = connection.close();
        }
      });
      request.endHandler(_ -> connection.close());
      var _ = request.resume();
    } else {
      await(connection, patience.head());
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

  private void await(HttpConnection connection, Duration limit) {
    deadlines.put(connection, System.nanoTime() + limit.toNanos());
  }

  private void closeOverdue() {
    long now = System.nanoTime();
    deadlines.forEach((connection, deadline) -> {
      if (now - deadline > 0 && deadlines.remove(connection, deadline)) {
        Connections.abort(connection);
      }
    });
  }
}
