package dev.firebuild.systemtest.mainpath;

import dev.firebuild.protocol.Json;
import dev.firebuild.systemtest.harness.Program;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A foreign client of Kafka.
 *
 * @param settings what {@code firebuild kafka-properties --format librdkafka} printed
 */
record Kcat(Path settings) {
  /**
   * An event as a foreign reader sees it.
   *
   * @param type between {@code dev.firebuild.} and {@code .v1}
   */
  record Seen(String type, Map<String, String> headers, JsonNode data) {}

  /** Sends one record without key or headers. */
  void produce(String topic, String json) throws InterruptedException {
    var _ = kcat("-P", "-t", topic).withInput(json + "\n").run().requireSuccess();
  }

  /** The events of {@code subject} so far. */
  List<Seen> events(String subject) throws InterruptedException {
    // A partition ends with an answer that has no records, and heartbeats come every half second:
    // an answer that waits for records as long as that hardly ever has none.
    String all =
        kcat(
                "-C",
                "-X",
                "fetch.wait.max.ms=20",
                "-t",
                "firebuild.events",
                "-e",
                "-q",
                "-o",
                "beginning",
                "-f",
                "%k\\t%h\\t%s\\n")
            .run()
            .requireSuccess()
            .stdout();
    return all.lines()
        .map(line -> line.split("\t", 3))
        .filter(fields -> fields[0].equals(subject))
        .map(fields -> seen(fields[1], fields[2]))
        .toList();
  }

  private static Seen seen(String headers, String value) {
    Map<String, String> pairs =
        Arrays.stream(headers.split(","))
            .map(header -> header.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    String type =
        pairs
            .getOrDefault("ce_type", "")
            .replaceFirst("^dev\\.firebuild\\.", "")
            .replaceFirst("\\.v1$", "");
    return new Seen(type, pairs, Json.mapper().readTree(value));
  }

  private Program kcat(String... arguments) {
    return Program.of("kcat", "-F", settings.toString()).and(arguments);
  }
}
