package dev.firebuild.messaging.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** Ends connections of an HTTP server. */
public final class Connections {
  private Connections() {}

  /**
   * Closes {@code connection} at once. Vert.x's own close first sends what is still to be sent: to
   * a client that takes nothing, for ever. So does that of its channel; this one passes it by.
   */
  public static void abort(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      var _ = base.channelHandlerContext().close();
    } else {
      var _ = connection.close();
    }
  }
}
