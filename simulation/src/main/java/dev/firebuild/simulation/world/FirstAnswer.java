package dev.firebuild.simulation.world;

import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.time.Actor;

/** What a process does before anything else: it waits until the broker answers. */
final class FirstAnswer {
  private FirstAnswer() {}

  /** Does {@code then} as soon as {@code broker} answers {@code actor}; at once if it is up. */
  static void of(Actor actor, Broker broker, Runnable then) {
    if (broker.isUp()) {
      then.run();
    } else {
      actor.tell("waits for the broker");
      ask(actor, broker, then);
    }
  }

  private static void ask(Actor actor, Broker broker, Runnable then) {
    actor.idly(
        actor.chance().millis(50, 1000),
        () -> {
          if (broker.isUp()) {
            then.run();
          } else {
            ask(actor, broker, then);
          }
        });
  }
}
