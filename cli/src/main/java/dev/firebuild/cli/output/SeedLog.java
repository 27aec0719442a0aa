package dev.firebuild.cli.output;

import dev.firebuild.protocol.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;

/** The JSON log lines of the first firebuild, for {@code --log-as-json}. */
public final class SeedLog {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX").withZone(ZoneOffset.UTC);

  private SeedLog() {}

  /** One line: an object with sorted keys, {@code @level}, {@code @message} and so on first. */
  public static String line(
      Instant time, String level, String module, String message, Map<String, ?> fields) {
    Map<String, Object> all = new TreeMap<>(fields);
    all.put("@level", level);
    all.put("@message", message);
    all.put("@module", module);
    all.put("@timestamp", TIME.format(time));
    return Json.text(all);
  }
}
