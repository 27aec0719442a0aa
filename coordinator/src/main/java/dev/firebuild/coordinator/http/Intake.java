package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Text;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes requests of one kind: what is asked for twice is recorded once, also while the first record
 * is on its way.
 */
final class Intake<R> {
  private final Kind<R> kind;
  private final RecordLog log;
  private final RequestIds ids;

  /** By id: what is on its way to the log. */
  private final Map<String, Underway<R>> underway = new ConcurrentHashMap<>();

  /** The names that these want, and the id of each. */
  private final Map<String, String> names = new ConcurrentHashMap<>();

  Intake(Kind<R> kind, RecordLog log, RequestIds ids) {
    this.kind = kind;
    this.log = log;
    this.ids = ids;
  }

  private record Underway<R>(R request, CompletableFuture<Void> durable) {}

  /**
   * A request that was taken.
   *
   * @param durable completes when it is a durable record, and is in the views
   */
  record Taken(String id, CompletableFuture<Void> durable) {}

  /**
   * Takes the request that {@code json} is; throws a problem, or {@link IllegalArgumentException},
   * that says why it cannot.
   *
   * @param key makes sending twice harmless
   * @param pace of its record
   */
  Taken take(byte[] json, Optional<String> key, Waits waits, RecordLog.Pace pace)
      throws IOException, InterruptedException {
    R body = Json.read(json, kind.type());
    String id = ids.of(kind.word(), kind.id(body), key);
    R request = kind.withId(body, id);
    if (isKnown(id, request)) {
      return new Taken(id, CompletableFuture.completedFuture(null));
    }
    kind.check(request, waits);
    return send(id, request, pace);
  }

  /** Takes the body of {@code exchange}. */
  Taken takeOne(Exchange exchange, Waits waits) throws IOException, InterruptedException {
    return take(
        exchange.bytes(), exchange.header("Idempotency-Key"), waits, RecordLog.Pace.AT_ONCE);
  }

  private Taken send(String id, R request, RecordLog.Pace pace) {
    byte[] record = Json.bytes(request);
    if (record.length > JsonBody.LIMIT) {
      // As firebuild writes it, a request can be longer than it came.
      throw Problems.requestTooLarge(JsonBody.LIMIT);
    }
    Underway<R> mine = new Underway<>(request, new CompletableFuture<>());
    Underway<R> first = underway.putIfAbsent(id, mine);
    if (first != null) {
      requireSame(id, first.request(), request);
      return new Taken(id, first.durable());
    }
    try {
      if (isKnown(id, request)) {
        release(id, request);
        var _ = mine.durable().complete(null);
      } else {
        kind.name(request).ifPresent(name -> requireFree(name, id));
        var _ =
            log.send(kind.topic(), id, record, pace)
                .whenComplete((at, failure) -> {
                  if (failure == null) {
                    // The client may ask for it before the tail has brought it back.
                    kind.queued(id, request, at);
                  }
                  release(id, request);
                  if (failure == null) {
                    var _ = mine.durable().complete(null);
                  } else {
                    var _ = mine.durable().completeExceptionally(failure);
                  }
                });
      }
    } catch (RuntimeException e) {
      release(id, request);
      var _ = mine.durable().completeExceptionally(e);
      throw e;
    }
    return new Taken(id, mine.durable());
  }

  private boolean isKnown(String id, R request) {
    Optional<R> known = kind.known(id);
    known.ifPresent(other -> requireSame(id, other, request));
    return known.isPresent();
  }

  private void requireSame(String id, R known, R request) {
    if (!known.equals(request)) {
      throw Problems.conflict(
          "id-in-use", "the %s %s exists with another request".formatted(kind.word(), id));
    }
  }

  private void requireFree(String name, String id) {
    String other = names.putIfAbsent(name, id);
    if (other != null) {
      throw Problems.nameInUse(Text.quote(name), other);
    }
    kind.requireFree(name);
  }

  private void release(String id, R request) {
    kind.name(request).ifPresent(name -> names.remove(name, id));
    underway.remove(id);
  }
}
