package dev.firebuild.worker.run;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.VmDocument.Desired;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.run.RunHarness.Vm;
import dev.firebuild.worker.vm.Machine;
import dev.firebuild.worker.vm.MachineSpec;
import dev.firebuild.worker.vm.NetworkMode;
import dev.firebuild.worker.vm.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A worker process that does one thing to a VM and ends, unless it is killed before. */
final class RunLifeMain {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration STEP = Duration.ofMillis(20);
  private static final long UPPER_BYTES = 256L << 20;

  private RunLifeMain() {}

  /** What is done. */
  enum Task {
    /** A VM's whole life: it is started, works, is stopped and removed. */
    LIVE,
    /** What a former worker left is compared with what should be. */
    RECOVER
  }

  /**
   * What a process is asked for.
   *
   * @param root the data folder
   * @param image file of the image's document
   * @param id of the VM
   * @param port that it publishes
   */
  record Order(Path root, Setup setup, Path image, String id, String instance, int port) {
    List<String> arguments(Task task) {
      return List.of(
          task.name(),
          root.toString(),
          setup.name(),
          image.toString(),
          id,
          instance,
          Integer.toString(port));
    }

    static Order of(String[] arguments) {
      return new Order(
          Path.of(arguments[1]),
          Setup.valueOf(arguments[2]),
          Path.of(arguments[3]),
          arguments[4],
          arguments[5],
          Integer.parseInt(arguments[6]));
    }

    private Vm vm(RunHarness harness) {
      return harness.vm(
          id,
          instance,
          """
          {"image": "shell", "remove": true, "ports": ["%d:8000"],
           "command": ["trap 'exit 3' TERM; echo up; while :; do sleep 0.1; done"]}
          """
              .formatted(port));
    }
  }

  /** Takes an {@link Order}. */
  public static void main(String[] arguments) throws Exception {
    Order order = Order.of(arguments);
    switch (Task.valueOf(arguments[0])) {
      case LIVE -> {
        switch (order.setup().work()) {
          case RUN -> run(order);
          case BUILD -> build(order);
        }
      }
      case RECOVER -> recover(order);
    }
    // Virtual threads keep no process alive, others may.
    System.exit(0);
  }

  private static void run(Order order) throws Exception {
    try (RunHarness harness = open(order)) {
      Vm vm = order.vm(harness);
      harness.engine().reconcile(List.of());
      harness.engine().start(vm.grant());
      harness.engine().desiredChanged(vm.document(Phase.RUNNING, new Desired(Goal.STOP, 10)));
      awaitRemoved(vm);
    }
  }

  private static void build(Order order) throws Exception {
    try (RunHarness harness = open(order)) {
      Path upper = harness.runs().upper(order.instance());
      Files.createDirectories(harness.runs().directory(order.instance()));
      harness.ext4().create(upper, UPPER_BYTES);
      MachineSpec spec =
          new MachineSpec(
              order.instance(),
              RunSettings.DEFAULT.kernel(),
              1,
              RunSettings.DEFAULT.memMib(),
              List.of(),
              upper,
              List.of(),
              NetworkMode.NONE,
              List.of(),
              "build",
              Map.of(),
              new Workload.Build());
      try (Machine machine = harness.machines().start(spec)) {
        var _ = machine.session().call(List.of("/bin/true"));
        var _ = machine.stop(Duration.ofSeconds(10));
      }
      DurableFiles.deleteTree(harness.runs().directory(order.instance()));
    }
  }

  /**
   * As a worker does that finds what another one left. Of a VM that was said to run the document
   * says so too, and that it shall go; of any other it says that nobody has it.
   */
  private static void recover(Order order) throws Exception {
    try (RunHarness harness = open(order)) {
      Vm vm = order.vm(harness);
      boolean held =
          vm.events().last(VmEvent.Running.class).isPresent()
              && vm.events().last(VmEvent.Removed.class).isEmpty();
      if (held) {
        Desired removal = new Desired(Goal.REMOVE, 10);
        harness.engine().reconcile(List.of(vm.held(Phase.RUNNING, removal)));
        awaitRemoved(vm);
      } else {
        harness.engine().reconcile(List.of());
      }
    }
  }

  private static RunHarness open(Order order) throws Exception {
    RunHarness harness = new RunHarness(order.root(), order.setup().settings());
    harness.refer(Json.read(Files.readAllBytes(order.image()), ImageDocument.class));
    return harness;
  }

  private static void awaitRemoved(Vm vm) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(STEP)
        .until(() -> vm.events().last(VmEvent.Removed.class).isPresent());
  }
}
