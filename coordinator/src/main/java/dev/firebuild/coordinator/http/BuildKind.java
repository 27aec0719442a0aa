package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.resource.BuildResource;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Requests for builds. */
record BuildKind(Views views, Topics topics, BuildCheck builds) implements Kind<BuildRequest> {
  @Override
  public Class<BuildRequest> type() {
    return BuildRequest.class;
  }

  @Override
  public String word() {
    return "build";
  }

  @Override
  public String topic() {
    return topics.buildRequests();
  }

  @Override
  public Optional<String> id(BuildRequest request) {
    return request.id();
  }

  @Override
  public BuildRequest withId(BuildRequest request, String id) {
    return request.withId(id);
  }

  @Override
  public Optional<BuildRequest> known(String id) {
    return views.build(id).map(BuildResource::request);
  }

  /** A build's tag is the next image's too: it moves on. */
  @Override
  public Optional<String> name(BuildRequest request) {
    return Optional.empty();
  }

  @Override
  public void check(BuildRequest request, Waits waits) throws IOException, InterruptedException {
    builds.check(request, waits);
  }

  @Override
  public void requireFree(String name) {
    throw new IllegalStateException("builds have no names");
  }

  @Override
  public void queued(String id, BuildRequest request, Instant at) {
    views.applyRequest(id, request, at);
  }
}
