package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.request.Command;

/** Turns wishes that came over HTTP into records. */
record Commands(RecordLog log, Topics topics) {
  /** Appends a command about {@code subject}. */
  void append(String subject, Command command) {
    var _ = log.append(topics.commands(), subject, Json.bytes(command));
  }
}
