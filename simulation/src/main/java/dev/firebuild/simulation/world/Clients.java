package dev.firebuild.simulation.world;

import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.kafka.Log;
import dev.firebuild.simulation.kafka.Request;
import dev.firebuild.simulation.time.Chance;
import dev.firebuild.simulation.time.Timeline;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Who submits, submits the same id again, and changes his mind. */
final class Clients {
  private final World world;
  private final Broker broker;
  private final Chance chance;
  private final Map<String, Boolean> accepted = new TreeMap<>();
  private final Map<String, Long> times = new TreeMap<>();
  private int open;

  Clients(World world) {
    this.world = world;
    this.broker = world.broker();
    this.chance = world.chance();
  }

  void begin() {
    int builds = chance.between(0, 5);
    int vms = chance.between(builds == 0 ? 1 : 0, 4);
    for (int i = 1; i <= builds; i++) {
      String id = world.named("b" + i);
      submit(broker.buildRequests(), new Request.Build(id, build(id), 1));
      if (chance.oneIn(4)) {
        command(id, new Command.Cancel(Optional.of("enough")));
      }
    }
    for (int i = 1; i <= vms; i++) {
      String id = world.named("v" + i);
      submit(broker.runRequests(), new Request.Run(id, vm(id), 1));
      for (int j = chance.between(0, 2); j > 0; j--) {
        command(id, wish());
      }
    }
  }

  private void submit(Log<Request> log, Request request) {
    long when = chance.millis(0, 8000);
    append(when, log, request);
    if (chance.oneIn(5)) {
      append(when + chance.millis(0, 10_000), log, request);
    }
  }

  private void command(String id, Command command) {
    append(
        chance.millis(100, 16_000),
        broker.commands(broker.partitionOf(id)),
        new Broker.Commanded(id, command));
  }

  private Command wish() {
    return switch (chance.between(0, 3)) {
      case 0 -> new Command.Stop(Optional.of(3));
      case 1 -> new Command.Kill();
      case 2 -> Command.Remove.vm(true);
      default -> Command.Remove.vm(false);
    };
  }

  private <T> void append(long delay, Log<T> log, T value) {
    open++;
    world.time().after(delay, () -> append(log, value));
  }

  /** As long as the broker is away nothing is accepted. */
  private <T> void append(Log<T> log, T value) {
    open--;
    if (!broker.isUp()) {
      append(100 * Timeline.MILLI, log, value);
      return;
    }
    broker.append(log, value);
    if (value instanceof Request request) {
      accepted.put(request.id(), request instanceof Request.Build);
      times.putIfAbsent(request.id(), world.time().now());
    }
  }

  /** Whether all is submitted. */
  boolean isDone() {
    return open == 0;
  }

  /** The ids that were accepted; true: a build. */
  Map<String, Boolean> accepted() {
    return accepted;
  }

  /** When {@code id} was accepted first. */
  Optional<Long> acceptedAt(String id) {
    return Optional.ofNullable(times.get(id));
  }

  private BuildRequest build(String id) {
    return BuildRequest.of(
            world.named("t" + chance.between(1, 2)), new Source.Inline("FROM scratch"))
        .withId(id);
  }

  private RunRequest vm(String id) {
    Optional<String> name =
        chance.oneIn(2)
            ? Optional.of(world.named("name" + chance.between(1, 2)))
            : Optional.empty();
    return RunRequest.of(world.named("t1"), name, chance.oneIn(3)).withId(id);
  }
}
