package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.host.ProcessResult;
import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A plugin says no, or nothing that can be understood. */
final class CniException extends IOException {
  private static final long serialVersionUID = 1;
  private static final int TEXT_LIMIT = 1000;

  private CniException(String message) {
    super(message);
  }

  /** What {@code plugin} answered to {@code command} when it failed. */
  static CniException refusal(String plugin, String command, ProcessResult result) {
    return new CniException(
        "the CNI plugin %s refused %s: %s".formatted(plugin, command, why(result)));
  }

  /** {@code plugin} succeeded, and what it printed is not what the specification asks for. */
  static CniException nonsense(String plugin, String command, String what) {
    return new CniException(
        "the CNI plugin %s answered %s with %s".formatted(plugin, command, what));
  }

  private static String why(ProcessResult result) {
    try {
      JsonNode error = Json.mapper().readTree(result.stdout());
      String message = error.path("msg").asString("");
      if (!message.isEmpty()) {
        String details = error.path("details").asString("");
        return "%s%s (code %d)"
            .formatted(
                message, details.isEmpty() ? "" : ": " + details, error.path("code").asInt(0));
      }
    } catch (JacksonException e) {
      // It says it in its own words, or not at all.
    }
    String words = (result.stderr() + result.stdout()).strip();
    return "exit code %d%s"
        .formatted(
            result.exitCode(),
            words.isEmpty() ? "" : ": " + words.substring(0, Math.min(TEXT_LIMIT, words.length())));
  }
}
