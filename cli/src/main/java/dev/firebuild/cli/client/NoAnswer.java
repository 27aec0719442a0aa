package dev.firebuild.cli.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;

/** Nobody answers. */
record NoAnswer(NodeAddress node, String what, IOException cause) {
  CliException explained() {
    if (cause instanceof HttpTimeoutException) {
      return new CliException(
          "%s at %s: %s; the node hangs, or something else answers there: look at %s"
              .formatted(
                  what,
                  node.url(),
                  // Java's own words do not say how long.
                  cause instanceof HttpConnectTimeoutException
                          || "request timed out".equals(cause.getMessage())
                      ? "no answer came in time"
                      : cause.getMessage(),
                  "the address, at firebuild status and at the node's log"),
          cause);
    }
    String reason =
        cause instanceof ConnectException || cause.getMessage() == null
            ? "no node answers there"
            : cause.getMessage();
    return new CliException(
        "%s at %s: %s; start a node with: firebuild up -d".formatted(what, node.url(), reason),
        cause);
  }
}
