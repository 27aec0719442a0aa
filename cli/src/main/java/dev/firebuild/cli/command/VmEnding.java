package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.ApiException;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.cli.client.EventFollower;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.VmResource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Ends VMs and waits until they have ended. */
final class VmEnding {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);

  private final ApiClient api;

  VmEnding(ApiClient api) {
    this.api = api;
  }

  /** Ends {@code vm} by its stop signal, by force after {@code graceSeconds}. */
  void stop(String vm, Optional<Integer> graceSeconds) {
    end(vm, "/stop", graceSeconds.map(seconds -> Map.of("graceSeconds", seconds)));
  }

  /** Ends {@code vm} at once. */
  void kill(String vm) {
    end(vm, "/kill", Optional.empty());
  }

  private void end(String vm, String action, Optional<?> body) {
    String path = path(vm);
    try {
      var _ = api.post(path + action, body, Optional.empty());
    } catch (ApiException e) {
      if (!e.is("already-ended")) {
        throw e;
      }
      return;
    }
    awaitEnd(path);
  }

  /** Removes {@code vm}, with {@code force} ends it first, and waits until it is gone. */
  void remove(String vm, boolean force) {
    Accepted removed = api.delete(path(vm) + (force ? "?force=true" : ""));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!isGone(removed.url())) {
      if (System.nanoTime() > deadline) {
        throw new CliException(
            "the VM %s is not removed after %d s; is its worker running? firebuild workers"
                .formatted(removed.id(), PATIENCE.toSeconds()));
      }
      pause();
    }
  }

  private boolean isGone(String url) {
    try {
      return api.get(url, VmResource.class).phase() == VmDocument.Phase.REMOVED;
    } catch (ApiException e) {
      if (e.is("not-found")) {
        return true;
      }
      throw e;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException("interrupted", e);
    }
  }

  private void awaitEnd(String path) {
    new EventFollower(api)
        .follow(
            path + "/events",
            true,
            (_, frame) ->
                switch (frame.event().data()) {
                  case VmEvent.Exited _, VmEvent.Failed _, VmEvent.Rejected _, VmEvent.Removed _ ->
                      false;
                  default -> true;
                });
    VmResource vm = api.get(path, VmResource.class);
    if (!vm.phase().isSettled()) {
      throw new CliException(
          "the VM %s has not ended; firebuild inspect %s".formatted(vm.id(), vm.id()));
    }
  }

  static String path(String vm) {
    return "/v1/vms/" + ApiClient.part(vm);
  }
}
