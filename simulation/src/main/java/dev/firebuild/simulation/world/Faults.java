package dev.firebuild.simulation.world;

import dev.firebuild.simulation.time.Actor;
import dev.firebuild.simulation.time.Chance;
import dev.firebuild.simulation.time.Interference;
import dev.firebuild.simulation.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What goes wrong. Each schedule has some kinds of faults and not others: what only a coordinator
 * suffers must have other consequences than what a worker suffers.
 */
final class Faults implements Interference {
  private final World world;
  private final Chance chance;
  private final boolean murderous;

  /**
   * Whether owners die in the middle of giving work to others, whose worker then comes back: it was
   * away for about as long as it takes to be given up, and tells what it has done meanwhile.
   */
  private final boolean belated;

  private final boolean killsWorkers;
  private final boolean stopsWorkers;
  private final boolean retiresWorkers;
  private final boolean killsCoordinators;
  private final boolean stopsCoordinators;
  private final boolean failsBroker;

  /** One weighty step of so many is one too many. */
  private final int rate;

  private final long end;
  private final boolean losesAHost;
  private Optional<String> lost = Optional.empty();
  private int left;
  private boolean over;

  Faults(World world) {
    this.world = world;
    this.chance = world.chance();
    boolean murderous = chance.oneIn(16);
    boolean belated = !murderous && chance.oneIn(16);
    this.murderous = murderous;
    this.belated = belated;
    this.killsWorkers = murderous || (!belated && chance.oneIn(2));
    this.stopsWorkers = belated || (!murderous && chance.oneIn(2));
    this.retiresWorkers = !murderous && chance.oneIn(4);
    this.killsCoordinators = belated || chance.oneIn(2);
    this.stopsCoordinators = chance.oneIn(2);
    this.failsBroker = chance.oneIn(3);
    this.losesAHost = !murderous && chance.oneIn(4);
    boolean often = murderous || belated;
    this.rate = often ? 8 : chance.between(15, 120);
    this.left = often ? 40 : chance.between(0, 8);
    this.end = chance.millis(3000, often ? 40_000 : 20_000);
  }

  /** Whether the host of this worker is gone for ever. */
  boolean isLost(String worker) {
    return lost.filter(worker::equals).isPresent();
  }

  long end() {
    return end;
  }

  void begin() {
    world.time().after(chance.millis(200, 6000), this::strike);
  }

  /** Some faults come out of nowhere, whatever the processes do. */
  private void strike() {
    if (over) {
      return;
    }
    if (failsBroker && chance.oneIn(3)) {
      world.broker().fail(chance.oneIn(3) ? chance.millis(5000, 25_000) : chance.millis(50, 5000));
    } else {
      List<Actor> all = new ArrayList<>(world.coordinators());
      all.addAll(world.workers());
      hit(chance.pick(all));
    }
    world.time().after(chance.millis(500, 8000), this::strike);
  }

  @Override
  public void before(Actor actor, boolean weighty) {
    if (!over && left > 0 && chance.oneIn(weighty ? rate : rate * 60)) {
      hit(actor);
    }
  }

  private void hit(Actor actor) {
    if (left <= 0 || !actor.isUp() || actor.isStopped()) {
      return;
    }
    boolean worker = actor instanceof Worker;
    List<Runnable> able = new ArrayList<>();
    if (worker ? killsWorkers : killsCoordinators) {
      able.add(() -> kill(actor));
    }
    if (worker ? stopsWorkers : stopsCoordinators) {
      able.add(() -> stop(actor));
    }
    if (retiresWorkers && actor instanceof Worker one) {
      able.add(() -> retire(one));
    }
    if (!able.isEmpty()) {
      left--;
      chance.pick(able).run();
    }
  }

  private void kill(Actor actor) {
    actor.kill();
    if (losesAHost && lost.isEmpty() && actor instanceof Worker && world.workers().size() > 1) {
      lost = Optional.of(actor.name());
      return;
    }
    world.time().after(pause(), actor::start);
  }

  private void stop(Actor actor) {
    actor.stop();
    world.time().after(belated && actor instanceof Worker ? aboutLost() : pause(), actor::proceed);
  }

  private void retire(Worker worker) {
    worker.retire();
    world.time().after(pause(), () -> startAgain(worker));
  }

  private void startAgain(Worker worker) {
    if (worker.isRetiring()) {
      world.time().after(Timeline.SECOND, () -> startAgain(worker));
    } else {
      worker.start();
    }
  }

  /** About as long as a worker may be silent. */
  private long aboutLost() {
    return chance.millis(2500, 5000);
  }

  private long pause() {
    if (murderous || belated) {
      return chance.millis(20, 1500);
    }
    return chance.oneIn(2) ? chance.millis(20, 2500) : chance.millis(2500, 20_000);
  }

  /** No more faults: what is planned to come back does so. */
  void makePeace() {
    over = true;
  }
}
