package dev.firebuild.worker.doctor;

import dev.firebuild.worker.host.ProcessResult;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a node of firebuild itself needs. */
final class NodeChecks {
  private static final int LEAST_JAVA = 25;

  /** When firebuild was not there yet. */
  private static final Instant BEGINNING = Instant.parse("2025-01-01T00:00:00Z");

  private static final Pattern PID = Pattern.compile("\"pid\"\\s*:\\s*(\\d+)");
  private static final String LISTENING = "0A";

  private final Subject subject;

  private NodeChecks(Subject subject) {
    this.subject = subject;
  }

  static List<Check> all(Subject subject) {
    NodeChecks checks = new NodeChecks(subject);
    return List.of(
        check("java", "Java is %d or later".formatted(LEAST_JAVA), NodeChecks::java),
        check("clock", "The clock is set", NodeChecks::clock),
        check(
            "port-http",
            "The API's port is free, or the node's",
            host -> checks.port(host, subject.httpPort(), "--http")),
        check(
            "port-kafka",
            "The broker's port is free, or the node's",
            host -> checks.port(host, subject.kafkaPort(), "--kafka-listen")));
  }

  private static Check check(String id, String title, Probe probe) {
    return new Check(id, Group.NODE, title, Source.FIREBUILD, probe);
  }

  private static Finding java(Host host) {
    return host.java() >= LEAST_JAVA
        ? Finding.pass("Java " + host.java())
        : Finding.fail(
            "Java " + host.java(), "install a JDK %d, as Temurin's".formatted(LEAST_JAVA));
  }

  private static Finding clock(Host host) throws UnknownException {
    String remedy = "timedatectl set-ntp true, or: apt-get install chrony";
    if (host.now().isBefore(BEGINNING)) {
      return Finding.fail("it says " + host.now(), remedy);
    }
    ProcessResult said = host.run("timedatectl", "show", "--property=NTPSynchronized", "--value");
    return switch (said.stdout().strip()) {
      case "yes" -> Finding.pass("synchronized");
      case "no" -> Finding.warn("nothing keeps it right", remedy);
      default -> Finding.skip("timedatectl does not tell whether it is synchronized");
    };
  }

  private Finding port(Host host, int port, String flag) throws UnknownException {
    if (!isTaken(host, port)) {
      return Finding.pass("%d is free".formatted(port));
    }
    Optional<String> node = host.text(subject.data().resolve("node.json").toString());
    if (node.isPresent() && lives(host, node.get()) && node.get().contains(":" + port + "\"")) {
      return Finding.pass("%d is this host's node's".formatted(port));
    }
    return Finding.warn(
        "another program listens on %d".formatted(port),
        "choose another port for the node with %s; ss -ltnp shows who has it".formatted(flag));
  }

  private static boolean isTaken(Host host, int port) throws UnknownException {
    String end = ":%04X".formatted(port).toUpperCase(Locale.ROOT);
    String sockets = host.line("/proc/net/tcp") + "\n" + host.text("/proc/net/tcp6").orElse("");
    return sockets
        .lines()
        .map(line -> line.strip().split("\\s+", -1))
        .anyMatch(
            fields -> fields.length > 3 && fields[1].endsWith(end) && fields[3].equals(LISTENING));
  }

  private static boolean lives(Host host, String node) throws UnknownException {
    Matcher pid = PID.matcher(node);
    return pid.find() && host.file("/proc/" + pid.group(1)).isPresent();
  }
}
