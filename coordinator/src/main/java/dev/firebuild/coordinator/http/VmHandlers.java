package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.VmResource;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** {@code /v1/vms}. */
final class VmHandlers {
  private static final int GRACE_LIMIT = 3600;
  private static final String PATH = "/v1/vms/";

  private final Views views;
  private final Intake<RunRequest> intake;
  private final Commands commands;

  /** The body of a stop. */
  record StopBody(Optional<Integer> graceSeconds) {
    private static final StopBody NONE = new StopBody(Optional.empty());
  }

  VmHandlers(Views views, Intake<RunRequest> intake, Commands commands) {
    this.views = views;
    this.intake = intake;
    this.commands = commands;
  }

  void submit(Exchange exchange) throws IOException, InterruptedException {
    new Single<>(intake, views, exchange).handle(PATH, this::begun);
  }

  /** The VM if it runs, or will not any more. */
  private Optional<VmResource> begun(String id) {
    return views
        .vmOfId(id)
        .filter(vm -> vm.phase() == VmDocument.Phase.RUNNING || vm.phase().isSettled());
  }

  void submitLines(Exchange exchange) throws InterruptedException {
    new Bulk<>(intake, views, exchange).handle();
  }

  void list(Exchange exchange) {
    Listings.VMS.answer(exchange, views::vmsAfter);
  }

  void get(Exchange exchange) throws InterruptedException {
    VmResource vm = find(exchange.path("id"));
    exchange.json(
        200,
        Preference.of(exchange)
            .await(exchange, views, () -> begun(vm.id()))
            .or(() -> views.vmOfId(vm.id()))
            .orElse(vm));
  }

  void stop(Exchange exchange) throws IOException, InterruptedException {
    VmResource vm = find(exchange.path("id"));
    StopBody stop = exchange.json(StopBody.class, Optional.of(StopBody.NONE));
    stop.graceSeconds()
        .filter(seconds -> seconds < 0 || seconds > GRACE_LIMIT)
        .ifPresent(seconds -> {
          throw Problems.invalid(
              "invalid-request",
              "graceSeconds %d: expected 0 to %d".formatted(seconds, GRACE_LIMIT));
        });
    end(exchange, vm, new Command.Stop(stop.graceSeconds()));
  }

  void kill(Exchange exchange) throws InterruptedException {
    end(exchange, find(exchange.path("id")), new Command.Kill());
  }

  private void end(Exchange exchange, VmResource vm, Command command) {
    if (vm.phase().isSettled()) {
      throw Problems.alreadyEnded("VM", vm.id(), vm.phase());
    }
    accept(exchange, vm, command);
  }

  void remove(Exchange exchange) throws InterruptedException {
    VmResource vm = find(exchange.path("id"));
    boolean force = exchange.flag("force", false);
    if (!vm.phase().isSettled() && !force) {
      throw Problems.conflict(
          "running",
          "the VM %s has not ended (it is %s); stop it first, or remove it with force"
              .formatted(vm.id(), vm.phase().name().toLowerCase(Locale.ROOT)));
    }
    accept(exchange, vm, Command.Remove.vm(force));
  }

  private void accept(Exchange exchange, VmResource vm, Command command) {
    commands.append(vm.id(), command);
    exchange.json(202, new Accepted(vm.id(), PATH + vm.id()));
  }

  /** The VM {@code idOrName}; waits a moment for one that another coordinator has just accepted. */
  VmResource find(String idOrName) throws InterruptedException {
    return views
        .await(() -> views.vm(idOrName), Waits.ONE)
        .orElseThrow(() -> Problems.notFound("VM", idOrName));
  }
}
