package dev.firebuild.worker.run;

import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.document.VmDocument.Desired;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.worker.vm.Machine;
import dev.firebuild.worker.vm.MachineExit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches one machine from its program's start to its end, and ends it if that is wanted. */
final class RunWatch {
  private static final Logger log = LoggerFactory.getLogger(RunWatch.class);

  private final Machine machine;
  private final SubjectEvents events;
  private final Wishes wishes;
  private final FutureTask<Optional<Integer>> output;

  RunWatch(Machine machine, SubjectEvents events, Wishes wishes, Path position) {
    this.machine = machine;
    this.events = events;
    this.wishes = wishes;
    this.output = new FutureTask<>(new OutputFollower(machine, events, position)::follow);
  }

  /** Returns when the machine has ended and its output is stored. */
  RunState.Ended untilEnd(RunState.Running running) throws InterruptedException {
    Thread follower = Thread.ofVirtual().name("output " + events.subject()).start(output);
    try {
      var _ = machine.exit().whenComplete((_, _) -> wishes.wake());
      RunState.Live last = carryOut(running);
      MachineExit exit = machine.exit().join();
      return Endings.of(last, exit, exitCode());
    } catch (InterruptedException e) {
      follower.interrupt();
      throw e;
    }
  }

  private RunState.Live carryOut(RunState.Running running) throws InterruptedException {
    RunState.Live state = running;
    Goal done = Goal.RUN;
    while (!machine.exit().isDone()) {
      Desired wish = wishes.await(done, machine.exit()::isDone);
      if (wish.goal() == done) {
        continue;
      }
      done = wish.goal();
      if (state instanceof RunState.Running still) {
        RunState.Stopping stopping =
            still.stopping(new VmEvent.Stopping(done == Goal.STOP ? "stopped" : "killed"));
        var _ = events.publish(stopping.event());
        state = stopping;
      }
      end(wish);
    }
    return state;
  }

  private void end(Desired wish) {
    if (wish.goal() == Goal.STOP) {
      Duration grace = Duration.ofSeconds(wish.graceSeconds());
      // A thread of its own: somebody may lose patience and kill the VM meanwhile.
      Thread.ofVirtual().name("stop " + events.subject()).start(() -> machine.stop(grace));
    } else {
      machine.kill();
    }
  }

  private Optional<Integer> exitCode() throws InterruptedException {
    try {
      return output.get();
    } catch (ExecutionException e) {
      log.atError()
          .addKeyValue("vm", events.subject())
          .addKeyValue("instance", events.instance())
          .setCause(e.getCause())
          .log("following a VM's output failed");
      return Optional.empty();
    }
  }
}
