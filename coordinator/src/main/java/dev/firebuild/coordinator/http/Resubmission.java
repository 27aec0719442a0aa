package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.resource.DeadLetterResource;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A dead letter as the record that it is sent again as.
 *
 * @param topic of the request or command
 * @param id of the build or VM, or of what the command is about: the record's key
 * @param request the request or command itself
 * @param url of what it is about
 */
record Resubmission(String topic, String id, Object request, String url) {
  private static final Pattern RECORD = Pattern.compile("([^/]+)/(\\d+)/(\\d+)");
  private static final Pattern DOCUMENT = Pattern.compile("(build|vm)/([^/]+)");
  private static final int ID_PREFIX = 90;

  /**
   * Sends a request under the id that it had or would have had, so that doing so twice is harmless.
   * A request that was given up has a document that nothing changes any more: it gets a new id, the
   * same each time. Throws {@link IllegalArgumentException} saying what is wrong with {@code
   * value}.
   */
  static Resubmission of(DeadLetterResource letter, byte[] value, Topics topics) {
    Matcher record = RECORD.matcher(letter.source());
    if (record.matches()) {
      String topic = record.group(1);
      String place =
          Ids.ofRecord(topic, Integer.parseInt(record.group(2)), Long.parseLong(record.group(3)));
      if (topic.equals(topics.buildRequests())) {
        BuildRequest request = Json.read(value, BuildRequest.class);
        return build(topics, request.withId(request.id().orElse(place)));
      }
      if (topic.equals(topics.runRequests())) {
        RunRequest request = Json.read(value, RunRequest.class);
        return run(topics, request.withId(request.id().orElse(place)));
      }
      if (topic.equals(topics.commands())) {
        return command(letter, Json.read(value, Command.class), topics);
      }
    }
    Matcher document = DOCUMENT.matcher(letter.source());
    if (document.matches()) {
      return again(letter, document.group(1), document.group(2), value, topics);
    }
    throw new IllegalArgumentException(
        "the letter comes from %s, which is no place that requests come from"
            .formatted(letter.source()));
  }

  private static Resubmission again(
      DeadLetterResource letter, String kind, String failed, byte[] value, Topics topics) {
    String id = failed.substring(0, Math.min(ID_PREFIX, failed.length())) + "-retry-" + letter.id();
    return kind.equals("build")
        ? build(topics, Json.read(value, BuildRequest.class).retrying(failed, id))
        : run(topics, Json.read(value, RunRequest.class).retrying(failed, id));
  }

  private static Resubmission build(Topics topics, BuildRequest request) {
    String id = request.id().orElseThrow();
    return new Resubmission(topics.buildRequests(), id, request, "/v1/builds/" + id);
  }

  private static Resubmission run(Topics topics, RunRequest request) {
    String id = request.id().orElseThrow();
    return new Resubmission(topics.runRequests(), id, request, "/v1/vms/" + id);
  }

  private static Resubmission command(DeadLetterResource letter, Command command, Topics topics) {
    Optional<String> subject = letter.key().filter(key -> !key.isEmpty());
    if (subject.isEmpty()) {
      throw new IllegalArgumentException(
          "the command has no key, so nobody knows what it is about; send it anew with one");
    }
    return new Resubmission(
        topics.commands(), subject.get(), command, "/v1/dead-letters/" + letter.id());
  }
}
