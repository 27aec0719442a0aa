package dev.firebuild.cli.command;

import dev.firebuild.cli.output.Table;
import dev.firebuild.cli.output.Units;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.protocol.resource.VmResource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** VMs as people see them. */
final class Vms {
  private static final List<String> HEADERS =
      List.of("ID", "NAME", "IMAGE", "STATUS", "IP", "PORTS", "CREATED");

  private Vms() {}

  static Table table(List<VmResource> vms, Instant now) {
    return new Table(HEADERS, vms.stream().map(vm -> row(vm, now)).toList());
  }

  private static List<String> row(VmResource vm, Instant now) {
    boolean running = vm.phase() == VmDocument.Phase.RUNNING;
    return List.of(
        vm.id(),
        vm.request().name().orElse(""),
        vm.request().image(),
        status(vm, now),
        running ? vm.running().map(VmEvent.Running::ipAddress).orElse("") : "",
        running ? ports(vm) : "",
        Units.span(Duration.between(vm.createdAt(), now)) + " ago");
  }

  private static String ports(VmResource vm) {
    return vm.running().map(VmEvent.Running::ports).orElse(vm.request().ports()).stream()
        .map(Vms::port)
        .collect(Collectors.joining(", "));
  }

  private static String port(PortMapping port) {
    return "%s:%d->%d/tcp".formatted(port.address(), port.host(), port.guest());
  }

  /** {@code up 3 minutes}, {@code exited (0) 5 minutes ago}, else the phase. */
  static String status(VmResource vm, Instant now) {
    return switch (vm.phase()) {
      case RUNNING ->
          "up "
              + Units.span(Duration.between(vm.startedAt().orElse(vm.createdAt()), now))
              + (vm.reachable() ? "" : " (host silent)");
      case EXITED ->
          "exited (%s)%s"
              .formatted(vm.exitCode().map(Object::toString).orElse("?"), ended(vm, now));
      case FAILED ->
          "failed (%s)%s"
              .formatted(
                  vm.failure().map(failure -> failure.code().name()).orElse("?"), ended(vm, now));
      case QUEUED, ASSIGNED, STARTING, STOPPING, REMOVED ->
          vm.phase().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String ended(VmResource vm, Instant now) {
    return vm.endedAt().map(at -> " " + Units.span(Duration.between(at, now)) + " ago").orElse("");
  }
}
