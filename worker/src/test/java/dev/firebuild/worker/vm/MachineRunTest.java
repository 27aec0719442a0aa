package dev.firebuild.worker.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.ConcurrentTest;
import dev.firebuild.worker.guest.BuildGuest;
import dev.firebuild.worker.guest.Frozen;
import dev.firebuild.worker.guest.Program;
import dev.firebuild.worker.guest.Step;
import dev.firebuild.worker.host.Ext4Superblock;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.SparseFiles;
import dev.firebuild.worker.host.VmUser;
import dev.firebuild.worker.network.Attachment;
import dev.firebuild.worker.vm.MachineExit.Reason;
import dev.firebuild.worker.vm.TestHost.SshAccess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Whole lives of real VMs. */
@Tag("real")
class MachineRunTest {
  private static final long LIMIT_SECONDS = 120;

  private static TestHost host;

  @BeforeAll
  static void start() throws IOException {
    host = TestHost.create();
  }

  @AfterAll
  static void nothingIsLeft() throws IOException {
    try (TestHost _ = host) {
      // Not those of the journal: who is no longer in it, above all, must have left nothing.
      assertThat(TestHost.drawnIds())
          .isNotEmpty()
          .allSatisfy(id -> assertThat(ProcessTable.marked(id)).isEmpty());
    }
  }

  private static MachineExit await(Machine machine) throws Exception {
    return machine.exit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static Machine run(String script, PortMapping... ports) throws IOException {
    String id = TestHost.newId();
    return host.machines.start(
        host.run(id, host.upper(id), TestHost.shell(script), List.of(ports)));
  }

  private static int read(Machine machine, OutputStream out) throws IOException {
    return machine.readOutput(0, (_, _, bytes) -> out.write(bytes));
  }

  private static void requireReleased(Machine machine) throws IOException {
    machine.close();
    assertThat(ProcessTable.marked(machine.id())).isEmpty();
    assertThat(host.layout.machine(machine.id()).directory()).doesNotExist();
  }

  @ConcurrentTest
  void aRunHasItsOutputAndItsExitCode() throws Exception {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("TRICKY", "it's\n\"$HOME\" `id` \\ ü");
    String id = TestHost.newId();
    Program program =
        new Program(
            List.of(
                "sh",
                "-c",
                """
                printf '%s|' "$TRICKY"; pwd; id -un; hostname; cat /etc/hostname
                (. /etc/profile.d/run-env.sh; printf '%s|' "$TRICKY")
                grep CapEff /proc/self/status; exit 9
                """),
            env,
            "",
            "/tmp");
    Machine machine = host.machines.start(host.run(id, host.upper(id), program, List.of()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    int code = read(machine, out);

    assertThat(code).isEqualTo(9);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            it's
            "$HOME" `id` \\ ü|/tmp
            root
            testhost
            testhost
            it's
            "$HOME" `id` \\ ü|CapEff:\t000001ffffffffff
            """);
    MachineExit exit = await(machine);
    assertThat(exit.reason()).isEqualTo(Reason.EXITED);
    assertThat(exit.exitCode()).contains(9);
    assertThat(exit.clean()).isTrue();
    assertThat(exit.diskErrors()).isFalse();
    requireReleased(machine);
  }

  @ConcurrentTest
  void outputIsReadByOffsetWhileTheProgramRuns() throws Exception {
    try (Machine machine =
        run("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; sleep 1; echo end")) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      read(machine, all);
      String text = all.toString(StandardCharsets.UTF_8);
      assertThat(text).startsWith("line 0\n").endsWith("line 1999\nend\n");
    }
  }

  @ConcurrentTest
  void moreOutputThanTheGuestKeepsArrivesWhole() throws Exception {
    try (Machine machine = run("head -c 50000000 /dev/zero; exit 3")) {
      long[] count = new long[1];
      long[] dropped = new long[1];
      int code =
          machine.readOutput(
              0,
              (offset, _, bytes) -> {
                assertThat(offset).isEqualTo(count[0]);
                count[0] += bytes.length;
                if (count[0] - dropped[0] > 1 << 20) {
                  machine.dropOutput(count[0]);
                  dropped[0] = count[0];
                }
              });

      assertThat(count[0]).isEqualTo(50000000);
      assertThat(code).isEqualTo(3);
    }
  }

  @ConcurrentTest
  void bothStreamsArriveApartAndInOrder() throws Exception {
    try (Machine machine =
        run(
            """
            i=0
            while [ $i -lt 20 ]; do echo out $i; sleep 0.3; echo err $i >&2; sleep 0.3; i=$((i+1)); done
            printf '\\000\\377 end'; sleep 0.3; echo 'stdout 3 5' >/dev/stderr
            """)) {
      StringBuilder order = new StringBuilder();
      StringBuilder lines = new StringBuilder();
      long[] end = new long[1];
      machine.readOutput(
          0,
          (offset, stream, bytes) -> {
            assertThat(offset).isEqualTo(end[0]);
            end[0] += bytes.length;
            order.append(stream.charAt(3));
            lines
                .append(stream)
                .append(':')
                .append(new String(bytes, StandardCharsets.ISO_8859_1))
                .append('|');
          });

      assertThat(order.toString()).isEqualTo("oe".repeat(21));
      assertThat(lines.toString())
          .contains("stdout:out 7\n|stderr:err 7\n|stdout:out 8\n|")
          .contains("stdout:\0\u00ff end|")
          .contains("stderr:stdout 3 5\n|");
    }
  }

  @ConcurrentTest
  void aRunThatNobodyReadsEndsToo() throws Exception {
    try (Machine machine = run("echo unread; exit 4")) {
      MachineExit exit = await(machine);

      assertThat(exit.reason()).isEqualTo(Reason.EXITED);
      assertThat(exit.exitCode()).contains(4);
    }
  }

  @ConcurrentTest
  void stopSendsTheStopSignal() throws Exception {
    try (Machine machine =
        run("trap 'echo stopped; exit 21' TERM; echo up; while :; do sleep 0.1; done")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Thread reader =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  read(machine, out);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> out.toString(StandardCharsets.UTF_8).contains("up"));

      MachineExit exit = machine.stop(Duration.ofSeconds(20));
      reader.join();

      assertThat(exit.reason()).isEqualTo(Reason.STOPPED);
      assertThat(exit.exitCode()).contains(21);
      assertThat(exit.clean()).isTrue();
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("up\nstopped\n");
    }
  }

  @ConcurrentTest
  void stopKillsAProgramThatDoesNotEnd() throws Exception {
    try (Machine machine = run("trap '' TERM; while :; do sleep 0.1; done")) {
      MachineExit exit = machine.stop(Duration.ofSeconds(1));

      assertThat(exit.reason()).isEqualTo(Reason.STOPPED);
      assertThat(exit.exitCode()).contains(137);
    }
  }

  @ConcurrentTest
  void rebootsAndPowerOffsOfTheProgramAreToldApart() throws Exception {
    try (Machine machine = run("reboot -f; sleep 100")) {
      assertThat(await(machine).reason()).isEqualTo(Reason.REBOOTED);
    }
    try (Machine machine = run("poweroff -f; sleep 100")) {
      assertThat(await(machine).reason()).isEqualTo(Reason.POWERED_OFF);
    }
    try (Machine machine = run("echo b >/proc/sysrq-trigger; sleep 100")) {
      assertThat(await(machine).reason()).isEqualTo(Reason.REBOOTED);
    }
  }

  @ConcurrentTest
  void anExitCodeIsNoRebootWhateverItIs() throws Exception {
    for (int code : new int[] {129, 130}) {
      try (Machine machine = run("exit " + code)) {
        MachineExit exit = await(machine);

        assertThat(exit.reason()).isEqualTo(Reason.EXITED);
        assertThat(exit.exitCode()).contains(code);
      }
    }
  }

  @ConcurrentTest
  void aPanicIsNoticed() throws Exception {
    try (Machine machine = run("echo c >/proc/sysrq-trigger; sleep 100")) {
      MachineExit exit = await(machine);

      assertThat(exit.reason()).isEqualTo(Reason.PANIC);
      assertThat(exit.detail()).isEqualTo("Kernel panic - not syncing: sysrq triggered crash");
    }
  }

  @ConcurrentTest
  void nobodyInAGuestCanWriteToALayer() throws Exception {
    // Given
    Path before = host.layout.root().resolve("before.ext4");
    Files.copy(host.base, before);
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    // When root with all rights writes to the config drive and to the layer
    try (Machine machine =
        run(
            """
            for drive in vda vdc; do
              blockdev --setrw /dev/$drive 2>/dev/null
              dd if=/dev/urandom of=/dev/$drive bs=4096 count=64 conv=fsync 2>/dev/null &&
                echo written
            done
            test -b /dev/vdc && echo tried
            """)) {
      read(machine, out);
    }

    // Then
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("tried\n");
    assertThat(Files.mismatch(host.base, before)).isEqualTo(-1);
  }

  @ConcurrentTest
  void aVmmThatIsKilledIsNoticed() throws Exception {
    Machine machine = run("sleep 1000");

    ProcessHandle.of(machine.pid()).orElseThrow().destroyForcibly();

    MachineExit exit = await(machine);
    assertThat(exit.reason()).isEqualTo(Reason.VMM_DIED);
    assertThat(exit.exitCode()).isEqualTo(Optional.empty());
    requireReleased(machine);
  }

  @ConcurrentTest
  void aVmIsLimitedAsFarAsTheHostCan() throws Exception {
    Assumptions.assumeTrue(VmUser.isRoot(), "only root may make control groups");
    try (Machine machine = run("sleep 1000")) {
      List<Path> limits = groupFiles(machine.id(), "memory.max", "memory.limit_in_bytes");
      Assumptions.assumeFalse(limits.isEmpty(), "this host has no memory controller");
      assertThat(limits)
          .allSatisfy(file -> assertThat(file).hasContent(Long.toString((256L + 512) << 20)));
      assertThat(groupFiles(machine.id(), "cgroup.procs"))
          .isNotEmpty()
          .allSatisfy(
              file -> assertThat(Files.readAllLines(file)).contains(Long.toString(machine.pid())));
    }
  }

  private static List<Path> groupFiles(String id, String... names) throws IOException {
    try (Stream<Path> groups =
        Files.find(Path.of("/sys/fs/cgroup"), 4, (path, _) -> path.endsWith(id))) {
      return groups
          .flatMap(group -> Stream.of(names).map(group::resolve))
          .filter(Files::exists)
          .toList();
    }
  }

  @ConcurrentTest
  void aPublishedPortAnswers() throws Exception {
    int port = freePort();
    try (Machine machine =
        run(
            "while :; do echo hello | nc -l -p 8000; done",
            new PortMapping("127.0.0.1", port, 8000))) {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .ignoreExceptions()
          .until(() -> ask(port).equals("hello\n"));
      assertThat(machine.ip()).isEqualTo("10.0.2.100");
    }
    assertThatThrownBy(() -> ask(port)).isInstanceOf(IOException.class);
  }

  @ConcurrentTest
  void aNetworkProcessThatEndsIsStartedAgain() throws Exception {
    // Given a server whose other connections do not mind the one that is cut off
    int port = freePort();
    try (Machine machine =
        run(
            "echo hello >/tmp/index.html; httpd -f -p 8000 -h /tmp",
            new PortMapping("127.0.0.1", port, 8000))) {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .ignoreExceptions()
          .until(() -> page(port).equals("hello\n"));
      ProcessIdentity world = world(machine);

      // When
      world.kill();

      // Then
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .ignoreExceptions()
          .until(() -> !world(machine).equals(world) && page(port).equals("hello\n"));
      assertThat(machine.exit()).isNotDone();
    }
  }

  private static String page(int port) throws IOException {
    URLConnection connection =
        URI.create("http://127.0.0.1:%d/index.html".formatted(port)).toURL().openConnection();
    connection.setConnectTimeout(5000);
    connection.setReadTimeout(5000);
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static ProcessIdentity world(Machine machine) throws IOException {
    return new Journal(host.layout)
        .read(machine.id())
        .flatMap(MachineRecord::attachment)
        .flatMap(Attachment::world)
        .orElseThrow();
  }

  @ConcurrentTest
  void theSshUserLogsIn() throws Exception {
    Path key = host.layout.root().resolve("user-key");
    host.processes.require(
        ProcessCommand.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
    String publicKey = Files.readString(key.resolveSibling("user-key.pub")).strip();
    int port = freePort();
    String id = TestHost.newId();
    MachineSpec spec =
        host.run(
            id,
            host.upper(id),
            TestHost.shell("sleep 1000; true"),
            List.of(new PortMapping("127.0.0.1", port, 22)),
            new SshAccess("app", publicKey));
    try (Machine machine = host.machines.start(spec)) {
      assertThat(machine.vmm()).startsWith("qemu");
      List<String> ssh =
          List.of(
              "ssh",
              "-i",
              key.toString(),
              "-p",
              Integer.toString(port),
              "-o",
              "BatchMode=yes",
              "-o",
              "StrictHostKeyChecking=no",
              "-o",
              "UserKnownHostsFile=/dev/null",
              "-o",
              "LogLevel=ERROR",
              "app@127.0.0.1",
              "id -u; id -G; cat /proc/1/comm; echo $HOME; grep CapEff /proc/self/status; exit 5");
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> {
            var result = host.processes.run(ProcessCommand.of(ssh));
            assertThat(result.stdout())
                .as(result.stderr())
                .isEqualTo("1000\n1000 50 63\nsh\n/home/app\nCapEff:\t0000000000000000\n");
            assertThat(result.exitCode()).isEqualTo(5);
          });
    }
  }

  @ConcurrentTest
  void aPortInUseIsAClearError() throws Exception {
    String id = TestHost.newId();
    try (ServerSocket taken = new ServerSocket(0)) {
      MachineSpec spec =
          host.run(
              id,
              host.upper(id),
              TestHost.shell("true"),
              List.of(new PortMapping("127.0.0.1", taken.getLocalPort(), 80)));
      assertThatThrownBy(() -> host.machines.start(spec))
          .isInstanceOf(MachineException.class)
          .hasMessageContaining("cannot publish port 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("in use");
    }
    assertThat(new Journal(host.layout).ids()).doesNotContain(id);
  }

  @ConcurrentTest
  void theUpperDiskOfABuildIsTheNextLayer() throws Exception {
    // Given
    String id = TestHost.newId();
    Path upper = host.upper(id);
    Path snapshot = host.layout.root().resolve(id + "-snapshot.ext4");
    try (Machine machine = host.machines.start(host.build(id, upper))) {
      BuildGuest guest = new BuildGuest(machine.session());
      step(
          guest,
          "echo one >/one; rm /etc/group; echo xxx >/tmp/x; head -c 20000000 /dev/urandom >/big");

      // When
      try (Frozen frozen = guest.freeze()) {
        assertThat(frozen).isNotNull();
        SparseFiles.copy(upper, snapshot);
      }
      step(guest, "echo two >/two; rm /big");
      MachineExit exit = machine.stop(Duration.ofSeconds(10));

      // Then
      assertThat(exit.reason()).isEqualTo(Reason.STOPPED);
      assertThat(exit.clean()).isTrue();
    }
    assertThat(Ext4Superblock.read(upper).clean()).isTrue();
    assertThat(Ext4Superblock.read(snapshot).clean()).isTrue();
    assertThat(filesOn(List.of(host.base, upper))).isEqualTo("one two no-group no-big\n");
    assertThat(filesOn(List.of(host.base, snapshot))).isEqualTo("one no-two no-group big\n");
    assertThat(blocks(upper)).isLessThan(blocks(snapshot));
  }

  private static String filesOn(List<Path> layers) throws IOException {
    String id = TestHost.newId();
    try (Machine machine =
        host.machines.start(host.build(id, host.upper(id), layers, NetworkMode.NONE))) {
      return step(
          new BuildGuest(machine.session()),
          """
          say() { if [ -e "$1" ]; then words="$words ${1##*/}"; else words="$words no-${1##*/}"; fi; }
          say /one; say /two; say /etc/group; say /big; echo ${words# }
          """);
    }
  }

  private static long blocks(Path file) throws IOException {
    String blocks =
        host.processes.require(ProcessCommand.of("stat", "-c", "%b", file.toString())).stdout();
    return Long.parseLong(blocks.strip());
  }

  private static String step(BuildGuest guest, String script) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    guest.run(new Step(TestHost.shell(script), true), out, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @ConcurrentTest
  void aScratchImageKeepsTheMountPointsOfAStepOnly() throws Exception {
    String id = TestHost.newId();
    Path busybox = host.processes.find("busybox").orElseThrow();
    try (Machine machine =
        host.machines.start(host.build(id, host.upper(id), List.of(), NetworkMode.NONE))) {
      machine
          .session()
          .exec(
              List.of(
                  "/bin/sh", "-c", "mkdir /image/bin; cat >/image/bin/sh; chmod 755 /image/bin/sh"),
              Files.newInputStream(busybox),
              OutputStream.nullOutputStream(),
              OutputStream.nullOutputStream());
      step(new BuildGuest(machine.session()), ":");

      byte[] files = machine.session().call(List.of("/bin/find", "/upper/.up"));

      assertThat(new String(files, StandardCharsets.UTF_8).lines().sorted())
          .containsExactly(
              "/upper/.up",
              "/upper/.up/bin",
              "/upper/.up/bin/sh",
              "/upper/.up/dev",
              "/upper/.up/proc",
              "/upper/.up/sys");
    }
  }

  @ConcurrentTest
  void aCancelledStepIsGoneAndTheGuestGoesOn() throws Exception {
    String id = TestHost.newId();
    try (Machine machine = host.machines.start(host.build(id, host.upper(id)))) {
      BuildGuest guest = new BuildGuest(machine.session());
      var running = guest.start(new Step(TestHost.shell("sleep 1234 & sleep 1234"), true));
      Thread.ofVirtual().start(running::cancel);

      assertThatThrownBy(() ->
              running.transfer(OutputStream.nullOutputStream(), OutputStream.nullOutputStream()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cancelled");

      assertThat(step(guest, "echo still here")).isEqualTo("still here\n");
      byte[] processes = machine.session().call(List.of("/bin/ps", "-o", "args"));
      assertThat(new String(processes, StandardCharsets.UTF_8)).doesNotContain("sleep 1234");
    }
  }

  @ConcurrentTest
  void aLayerThatIsNoFileSystemIsAClearError() throws Exception {
    String id = TestHost.newId();
    Path junk = host.layout.root().resolve(id + "-junk");
    SparseFiles.create(junk, 1 << 20);

    assertThatThrownBy(() ->
            host.machines.start(host.build(id, host.upper(id), List.of(junk), NetworkMode.NONE)))
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("layer 0 cannot be mounted");
    assertThat(ProcessTable.marked(id)).isEmpty();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String ask(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5000);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
