package dev.firebuild.systemtest.bench;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import java.util.Optional;

/** Requests for fake builds. */
final class Requests {
  private Requests() {}

  /** The body of a request for a build that does {@code what}. */
  static String build(String what) {
    return Json.text(request(what));
  }

  static String build(String what, String id) {
    return Json.text(request(what).withId(id));
  }

  private static BuildRequest request(String what) {
    return BuildRequest.of(
        "bench", new Source.Inline("# %s\nFROM scratch\nENV A=1\n".formatted(what)));
  }

  /** The id in the answer to an accepted request. */
  static String idOf(Wire.Answer accepted) {
    return Optional.of(Json.mapper().readTree(accepted.require(202).body()))
        .map(answer -> answer.get("id").asString())
        .orElseThrow();
  }
}
