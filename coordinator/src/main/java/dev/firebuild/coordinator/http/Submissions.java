package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Turns what came over HTTP into records. */
final class Submissions {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int ID_LENGTH = 20;

  private final RecordLog log;
  private final Topics topics;
  private final Views views;
  private final RandomGenerator random;
  private final InstantSource clock;

  Submissions(
      RecordLog log, Topics topics, Views views, RandomGenerator random, InstantSource clock) {
    this.log = log;
    this.topics = topics;
    this.views = views;
    this.random = random;
    this.clock = clock;
  }

  /**
   * The id of a request: its own, the hash of its idempotency key, or a new one. {@code kind} keeps
   * builds and VMs of the same key apart.
   */
  String idFor(String kind, Optional<String> own, Optional<String> idempotencyKey) {
    return own.or(() -> idempotencyKey.map(key -> hash(kind + "\0" + key)))
        .orElseGet(() -> Ids.draw(random));
  }

  /** Appends a build request that has its id. */
  void submit(String id, BuildRequest request) {
    log.append(topics.buildRequests(), id, Json.bytes(request));
    // The client may ask for it before the tail has brought it back.
    views.applyRequest(id, request, clock.instant());
  }

  /** Appends a run request that has its id. */
  void submit(String id, RunRequest request) {
    log.append(topics.runRequests(), id, Json.bytes(request));
    views.applyRequest(id, request, clock.instant());
  }

  /** Appends a command about {@code subject}. */
  void command(String subject, Command command) {
    log.append(topics.commands(), subject, Json.bytes(command));
  }

  private static String hash(String text) {
    byte[] sha = Digest.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    StringBuilder id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ALPHABET.charAt((sha[i] & 0xff) % ALPHABET.length()));
    }
    return id.toString();
  }
}
