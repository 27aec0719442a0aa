package dev.firebuild.simulation.world;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.kafka.Log;
import dev.firebuild.simulation.kafka.Transaction;
import dev.firebuild.simulation.time.Violation;
import java.util.List;
import java.util.Optional;

/**
 * A command that an owner has behind it shows in the document, if there was anything to command.
 */
final class CommandCheck {
  private final World world;
  private final long[] checked;

  CommandCheck(World world) {
    this.world = world;
    this.checked = new long[world.broker().partitions()];
  }

  void committed(List<Transaction.Offsets> offsets) {
    for (Transaction.Offsets next : offsets) {
      Log<Broker.Commanded> log = world.broker().commands(next.partition());
      for (long i = checked[next.partition()]; i < next.commands(); i++) {
        check(log.get(i));
      }
      checked[next.partition()] = Math.max(checked[next.partition()], next.commands());
    }
  }

  private void check(Log.Item<Broker.Commanded> item) {
    String id = item.value().subject();
    if (isUnknown(id, item.at())) {
      return;
    }
    boolean heeded =
        switch (item.value().command()) {
          case Command.Cancel _ ->
              find(BuildDocument.key(id), BuildDocument.class)
                  .map(build -> build.phase().isSettled() || build.cancelRequested().isPresent())
                  .orElse(false);
          case Command.Stop _, Command.Kill _ ->
              find(VmDocument.key(id), VmDocument.class)
                  .map(vm -> vm.phase().isSettled() || vm.desired().goal() != Goal.RUN)
                  .orElse(false);
          case Command.Remove(boolean force, var _) ->
              !force
                  || find(VmDocument.key(id), VmDocument.class)
                      .map(vm ->
                          vm.phase() == VmDocument.Phase.REMOVED
                              || vm.desired().goal() == Goal.REMOVE)
                      .orElse(false);
        };
    if (!heeded) {
      throw new Violation(
          "no command is forgotten",
          "%s to %s@%d".formatted(item.value().command(), id, item.offset()));
    }
  }

  private <T> Optional<T> find(String key, Class<T> type) {
    return Optional.ofNullable(world.checker().documents().get(key)).map(type::cast);
  }

  /** Whether nothing had been submitted under {@code id} at that time. */
  private boolean isUnknown(String id, long at) {
    return world.clients().acceptedAt(id).map(time -> time > at).orElse(true);
  }
}
