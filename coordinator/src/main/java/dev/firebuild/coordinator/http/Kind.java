package dev.firebuild.coordinator.http;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * What the requests of a kind have in common: builds and VMs are asked for alike.
 *
 * @param <R> the request, as it comes and as it is recorded
 */
interface Kind<R> {
  Class<R> type();

  /** As people call it. */
  String word();

  String topic();

  Optional<String> id(R request);

  R withId(R request, String id);

  /** The request that is known under {@code id}. */
  Optional<R> known(String id);

  /** The name that the request wants for itself alone. */
  Optional<String> name(R request);

  /**
   * Throws a {@link dev.firebuild.protocol.resource.ProblemException} if a worker would refuse it.
   */
  void check(R request, Waits waits) throws IOException, InterruptedException;

  /** Throws a problem if somebody has {@code name}. */
  void requireFree(String name);

  /** The request lies in the queue since {@code at}. */
  void queued(String id, R request, Instant at);
}
