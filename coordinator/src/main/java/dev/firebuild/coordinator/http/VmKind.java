package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.resource.VmResource;
import java.time.Instant;
import java.util.Optional;

/** Requests for VMs. */
record VmKind(Views views, Topics topics, BuildCheck builds) implements Kind<RunRequest> {
  @Override
  public Class<RunRequest> type() {
    return RunRequest.class;
  }

  @Override
  public String word() {
    return "VM";
  }

  @Override
  public String topic() {
    return topics.runRequests();
  }

  @Override
  public Optional<String> id(RunRequest request) {
    return request.id();
  }

  @Override
  public RunRequest withId(RunRequest request, String id) {
    return request.withId(id);
  }

  @Override
  public Optional<RunRequest> known(String id) {
    return views.vmOfId(id).map(VmResource::request);
  }

  @Override
  public Optional<String> name(RunRequest request) {
    return request.name();
  }

  @Override
  public void check(RunRequest request, Waits waits) throws InterruptedException {
    builds.requireImage(request.image(), waits);
    if (request.kernel().isPresent()) {
      builds.requireKernel(request.kernel().get(), waits);
    }
    request.name().ifPresent(this::requireFree);
  }

  @Override
  public void requireFree(String name) {
    views
        .named(name)
        .ifPresent(vm -> {
          throw Problems.nameInUse(Text.quote(name), vm.id());
        });
  }

  @Override
  public void queued(String id, RunRequest request, Instant at) {
    views.applyRequest(id, request, at);
  }
}
