package dev.firebuild.recordcheck;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What {@code docs/events.md} says of an event's attributes beyond their schema. */
final class CloudEvent {
  private static final Set<String> WITH_ATTEMPTS = Set.of("build", "vm");

  private CloudEvent() {}

  static void compare(String key, JsonNode headers, List<String> found) {
    for (String name : List.of("ce_id", "ce_source", "ce_subject", "ce_instance")) {
      if (headers.path(name).asString("").isEmpty()) {
        found.add(name + " is empty");
      }
    }
    if (!headers.path("ce_subject").asString("").equals(key)) {
      found.add("ce_subject %s is not its key".formatted(headers.path("ce_subject")));
    }
    try {
      OffsetDateTime.parse(headers.path("ce_time").asString(""));
    } catch (DateTimeException _) {
      found.add("ce_time %s is no RFC 3339 time".formatted(headers.path("ce_time")));
    }
    String subject = headers.path("ce_type").asString("").split("\\.", 4)[2];
    long attempt = number(headers, "ce_attempt", Integer.MAX_VALUE, found);
    number(headers, "ce_seq", Long.MAX_VALUE, found);
    if (WITH_ATTEMPTS.contains(subject) != attempt > 0) {
      found.add("ce_attempt is %d".formatted(attempt));
    }
  }

  private static long number(JsonNode headers, String name, long most, List<String> found) {
    String text = headers.path(name).asString("");
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    found.add("%s is %s".formatted(name, text));
    return 0;
  }
}
