package dev.firebuild.systemtest.bench;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.VmEvent;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A build that does all of its steps, beside a bare QEMU with a script of the same commands. */
final class ColdBuild {
  static final String BUILD = "build of 5 steps, nothing known: POST → succeeded";
  static final String SCRIPT = "bare QEMU with a script of the same commands, start → end";

  private static final int STEPS = 5;
  private static final int CPUS = 1;
  private static final int MEMORY = 512;
  private static final String END_LINE = "the script has ended";

  /** Some second of work each where guests are emulated; a file of 4 MiB is left. */
  private static final List<String> COMMANDS =
      IntStream.rangeClosed(1, STEPS)
          .mapToObj(
              "/bin/busybox dd if=/dev/urandom of=/file-%1$d bs=64k count=64 && /bin/busybox sha256sum /file-%1$d"
                  ::formatted)
          .toList();

  void round(Rounds rounds, RealNode node, EventTail tail, Wire.Api api) throws Exception {
    rounds.add(BUILD, build(api, tail));
    rounds.add(SCRIPT, script(node, tail, api));
  }

  private static double build(Wire.Api api, EventTail tail) throws Exception {
    String dockerfile =
        COMMANDS.stream()
            .map("RUN %s\n"::formatted)
            .collect(Collectors.joining("", "FROM busybox\n", ""));
    String body =
        Json.text(
            Map.of(
                "tag",
                "cold",
                "source",
                Map.of("dockerfile", dockerfile),
                "noCache",
                true,
                "cpu",
                CPUS,
                "mem",
                MEMORY));
    long start = System.nanoTime();
    String id = Requests.idOf(Wire.postOnce(api, "/v1/builds", body));
    return DispatchBench.millis(tail.await(id, BuildEvent.Succeeded.class) - start);
  }

  /** A VM whose program is the script shows how the bare QEMU is started. */
  private static double script(RealNode node, EventTail tail, Wire.Api api) throws Exception {
    String script =
        String.join(" && ", COMMANDS)
            + " && echo '%s' >/dev/ttyS0; while :; do sleep 1000; done".formatted(END_LINE);
    String body =
        Json.text(
            Map.of(
                "image",
                "busybox",
                "command",
                List.of("/bin/sh", "-c", script),
                "cpu",
                CPUS,
                "mem",
                MEMORY));
    String id = Requests.idOf(Wire.postOnce(api, "/v1/vms", body));
    try (BareQemu bare = BareQemu.like(tail.said(id, VmEvent.Running.class).pid(), node.folder())) {
      Wire.postOnce(api, "/v1/vms/%s/kill".formatted(id), "{}").require(202);
      tail.await(id, VmEvent.Exited.class);
      return bare.until(END_LINE);
    }
  }
}
