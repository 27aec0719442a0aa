package dev.firebuild.worker.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.worker.guest.BuildGuest;
import dev.firebuild.worker.guest.GuestSession;
import dev.firebuild.worker.guest.Program;
import dev.firebuild.worker.guest.Step;
import dev.firebuild.worker.guest.StepEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Build steps in a real VM. */
@Tag("real")
class MachineBuildTest {
  private static TestHost host;
  private static Machine machine;
  private static BuildGuest guest;

  @BeforeAll
  static void start() throws IOException {
    host = TestHost.create();
    Path upper = host.upper("upper");
    machine = host.machines.start(host.build(TestHost.newId(), upper));
    guest = new BuildGuest(machine.session());
  }

  @AfterAll
  static void stop() throws IOException {
    machine.close();
    host.close();
  }

  private record Result(StepEnd end, String out, String err) {}

  private static Result run(Program program) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    StepEnd end = guest.run(new Step(program, true), out, err);
    return new Result(
        end, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Result run(String script) throws IOException {
    return run(TestHost.shell(script));
  }

  private static Program as(String user, String script) {
    return new Program(List.of("/bin/sh", "-c", script), Map.of(), user, "/");
  }

  @Test
  void outputAndExitCodeAreTheProgramsOwn() throws IOException {
    assertThat(run("echo out; echo err >&2; exit 7"))
        .isEqualTo(new Result(new StepEnd.Exited(7), "out\n", "err\n"));
  }

  @Test
  void programsThatEndWhileOthersBeginDoNotDisturbThem() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> codes = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        codes.add(
            threads.submit(() -> {
              int sum = 0;
              for (int call = 0; call < 40; call++) {
                sum += machine.session().call(List.of("/bin/echo", "x")).length;
              }
              return sum;
            }));
      }
      for (Future<Integer> sum : codes) {
        assertThat(sum.get()).isEqualTo(80);
      }
    }
  }

  @Test
  void nobodyWaitsForAGuestThatIsGone() throws Exception {
    String id = TestHost.newId();
    try (Machine other = host.machines.start(host.build(id, host.upper(id)))) {
      GuestSession session = other.session();
      var _ = session.start(List.of("/bin/sleep", "1000"));

      other.kill();
      var _ = other.exit().get(20, TimeUnit.SECONDS);

      long start = System.nanoTime();
      assertThatThrownBy(() -> session.call(List.of("/bin/true"))).isInstanceOf(IOException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void aProgramThatEndsWithTheCodeOfAProblemIsNoProblem() throws IOException {
    assertThat(run("exit 125").end()).isEqualTo(new StepEnd.Exited(125));
  }

  @Test
  void aSignalGivesItsCode() throws IOException {
    assertThat(run("sh -c 'kill -9 $$'; exit $?").end()).isEqualTo(new StepEnd.Exited(137));
  }

  @Test
  void theStepIsProcessOneAndAlone() throws IOException {
    Result result = run("echo $$; ls /proc | grep -E '^[0-9]+$' | head -1; cat /proc/1/comm; true");

    assertThat(result.out()).isEqualTo("1\n1\nsh\n");
  }

  @Test
  void capabilitiesAreDockers() throws IOException {
    String script = "grep -E '^(Cap(Prm|Eff|Bnd|Inh|Amb)|NoNew)' /proc/self/status | tr '\\t' ' '";

    assertThat(run(script).out())
        .isEqualTo(
            """
            CapInh: 0000000000000000
            CapPrm: 00000000a80425fb
            CapEff: 00000000a80425fb
            CapBnd: 00000000a80425fb
            CapAmb: 0000000000000000
            NoNewPrivs: 0
            """);
    assertThat(run(as("app", script)).out())
        .contains("CapEff: 0000000000000000", "CapBnd: 00000000a80425fb");
  }

  @Test
  void usersAreThoseOfTheImage() throws IOException {
    String script = "echo $(id -u) $(id -g) $(id -G | tr ' ' '\\n' | sort -n) $HOME";

    assertThat(run(as("", script)).out()).isEqualTo("0 0 0 10 /root\n");
    assertThat(run(as("app", script)).out()).isEqualTo("1000 1000 50 63 1000 /home/app\n");
    assertThat(run(as("app:svcgrp", script)).out()).isEqualTo("1000 300 300 /home/app\n");
    assertThat(run(as("app:777", script)).out()).isEqualTo("1000 777 777 /home/app\n");
    assertThat(run(as("1234", script)).out()).isEqualTo("1234 0 0 /\n");
    assertThat(run(as("1000:50", script)).out()).isEqualTo("1000 50 50 /home/app\n");
  }

  @Test
  void anUnknownUserIsToldAsDockerTellsIt() throws IOException {
    assertThat(run(as("ghost", "true")).end())
        .isEqualTo(
            new StepEnd.Unprepared(
                "unable to find user ghost: no matching entries in passwd file"));
    assertThat(run(as("app:ghosts", "true")).end())
        .isEqualTo(
            new StepEnd.Unprepared(
                "unable to find group ghosts: no matching entries in group file"));
    assertThat(run(as("99999999999", "true")).end())
        .isEqualTo(new StepEnd.Unprepared("uids and gids must be in range 0-2147483647"));
  }

  @Test
  void anUnknownProgramIsAProblem() throws IOException {
    Program program = new Program(List.of("no-such-program"), Map.of(), "", "/");

    assertThat(run(program).end())
        .isEqualTo(
            new StepEnd.Unprepared(
                "exec: \"no-such-program\": executable file not found in $PATH"));
  }

  @Test
  void argumentsAndEnvironmentArriveAsTheyAre() throws IOException {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("A", "it's $HOME \"x\" `id` \\ \n end\n");
    env.put("B.dotted-name", "*?[");
    env.put("Ü", "ä\t\u0001");
    Program program =
        new Program(
            List.of(
                "busybox",
                "sh",
                "-c",
                "cat /proc/$$/environ; printf '<%s>' \"$@\"",
                "sh",
                "a'b",
                "",
                "$(x) * \n",
                "=y"),
            env,
            "",
            "/");

    assertThat(run(program).out())
        .isEqualTo(
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\0"
                + "A=it's $HOME \"x\" `id` \\ \n end\n\0B.dotted-name=*?[\0Ü=ä\t\u0001\0"
                + "HOME=/root\0<a'b><><$(x) * \n><=y>");
  }

  @Test
  void theWorkingDirectoryIsMadeAndMayBeALink() throws IOException {
    assertThat(run(new Program(List.of("pwd"), Map.of(), "", "/made/for it")).out())
        .isEqualTo("/made/for it\n");
    run("mkdir /real; ln -s /real /link");
    assertThat(run(new Program(List.of("/bin/pwd", "-P"), Map.of(), "", "/link")).out())
        .isEqualTo("/real\n");
  }

  @Test
  void nothingThatAStepStartedLivesOn() throws IOException {
    run("sleep 1000 & nohup sleep 1000 >/dev/null 2>&1 & true");

    byte[] processes = machine.session().call(List.of("/bin/ps", "-o", "args"));

    assertThat(new String(processes, StandardCharsets.UTF_8)).doesNotContain("sleep 1000");
  }

  @Test
  void devicesAndFilesOfAStepAreDockers() throws IOException {
    Result result =
        run(
            """
            for d in null zero full random urandom tty; do test -c /dev/$d && echo $d; done
            for l in fd stdin stdout stderr ptmx; do echo "$l -> $(readlink /dev/$l)"; done
            grep ' /dev/shm ' /proc/mounts | cut -d' ' -f3; ls -ld /dev/shm | cut -c1-10
            grep -E ' /(proc|sys) ' /proc/mounts | cut -d' ' -f2,3 | sort -u
            grep -c '^127.0.0.1.*localhost' /etc/hosts; grep -q "$(hostname)" /etc/hosts && echo name
            umask; tty; echo b 2>/dev/null >/proc/sysrq-trigger || echo no-sysrq
            """);

    assertThat(result.out())
        .isEqualTo(
            """
            null
            zero
            full
            random
            urandom
            tty
            fd -> /proc/self/fd
            stdin -> /proc/self/fd/0
            stdout -> /proc/self/fd/1
            stderr -> /proc/self/fd/2
            ptmx -> pts/ptmx
            tmpfs
            drwxrwxrwt
            /proc proc
            /sys sysfs
            1
            name
            0022
            not a tty
            no-sysrq
            """);
  }

  @Test
  void aStepMakesDeviceFilesButUsesOnlyThoseOfAContainer() throws IOException {
    String script =
        """
        mkdir /nodes; cd /nodes
        mknod drive b 254 0; mknod upper b 254 16; mknod console c 5 1; mknod serial c 4 64
        mknod kmsg c 1 11; mknod null c 1 3; mknod zero c 1 5
        for node in drive upper console serial kmsg; do
          timeout 3 head -c 1 $node >/dev/null 2>&1 && echo $node is read
          { true >>$node; } 2>/dev/null && echo $node is open
        done
        echo x >null && head -c 1 zero | wc -c
        """;

    assertThat(run(script)).isEqualTo(new Result(new StepEnd.Exited(0), "1\n", ""));
  }

  @Test
  void theImageLooksLikeOneFileSystem() throws IOException {
    String script =
        """
        stat -c %d / /bin /etc/passwd | uniq | wc -l
        before=$(stat -c %d:%i /etc/passwd); chmod 600 /etc/passwd; chmod 644 /etc/passwd
        test "$before" = "$(stat -c %d:%i /etc/passwd)" && echo same
        """;

    assertThat(run(script).out()).isEqualTo("1\nsame\n");
  }

  @Test
  void aPlainUserMayOpenItsOutputByName() throws IOException {
    assertThat(run(as("app", "echo out >/dev/stdout && echo err >/dev/stderr && echo both")))
        .isEqualTo(new Result(new StepEnd.Exited(0), "out\nboth\n", "err\n"));
  }

  @Test
  void changesToBoundFilesLeaveNoTrace() throws IOException {
    run("echo '10.1.2.3 example' >>/etc/hosts; echo nameserver 10.1.2.3 >/etc/resolv.conf");

    assertThat(run("grep -c 10.1.2.3 /etc/hosts /etc/resolv.conf").out())
        .isEqualTo("/etc/hosts:0\n/etc/resolv.conf:0\n");
    byte[] files = machine.session().call(List.of("/bin/find", "/image/etc", "-newer", "/init"));
    assertThat(new String(files, StandardCharsets.UTF_8))
        .doesNotContain("resolv.conf", "/etc/hosts");
  }

  @Test
  void aStepWithoutNetworkHasALoopbackOnly() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    guest.run(
        new Step(
            TestHost.shell("ip -o link | cut -d' ' -f2; ping -c1 -W5 127.0.0.1 | grep -c ' 0% '"),
            false),
        out,
        out);

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("lo:\n1\n");
  }

  @Test
  void aHundredMegabytesArriveWhole() throws IOException {
    long[] count = new long[1];
    java.io.OutputStream counter =
        new java.io.OutputStream() {
          @Override
          public void write(int b) {
            count[0]++;
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            count[0] += length;
          }
        };

    StepEnd end =
        guest.run(
            new Step(TestHost.shell("head -c 104857600 /dev/zero"), true),
            counter,
            java.io.OutputStream.nullOutputStream());

    assertThat(end).isEqualTo(new StepEnd.Exited(0));
    assertThat(count[0]).isEqualTo(104857600);
  }
}
