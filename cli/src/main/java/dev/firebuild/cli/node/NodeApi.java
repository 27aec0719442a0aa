package dev.firebuild.cli.node;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.ImageResource;
import dev.firebuild.protocol.resource.Items;
import dev.firebuild.protocol.resource.KernelResource;
import dev.firebuild.protocol.resource.VmResource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.type.TypeReference;

/** What starting and stopping a node asks of its HTTP API. */
final class NodeApi implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Duration END = Duration.ofSeconds(90);
  private static final Duration POLL = Duration.ofMillis(200);

  private final String url;
  private final String token;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER).build();

  NodeApi(String url, String token) {
    this.url = url;
    this.token = token;
  }

  /** VMs that have not ended. */
  List<VmResource> runningVms() throws IOException, InterruptedException {
    return get("/v1/vms", new TypeReference<Items<VmResource>>() {}).stream()
        .filter(vm -> !vm.phase().isSettled())
        .toList();
  }

  List<ImageResource> images() throws IOException, InterruptedException {
    return get("/v1/images", new TypeReference<Items<ImageResource>>() {});
  }

  List<KernelResource> kernels() throws IOException, InterruptedException {
    return get("/v1/kernels", new TypeReference<Items<KernelResource>>() {});
  }

  /** Stops all VMs and waits until they have ended; returns how many there were. */
  int stopAll() throws IOException, InterruptedException {
    List<VmResource> vms = runningVms();
    for (VmResource vm : vms) {
      send(
          request("/v1/vms/" + vm.id() + "/stop")
              .POST(HttpRequest.BodyPublishers.noBody())
              .build());
    }
    long deadline = System.nanoTime() + END.toNanos();
    List<VmResource> left = runningVms();
    while (!left.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new CliException(
            "%d of %d VMs have not ended after %d s, %s among them; firebuild kill ends it by force"
                .formatted(left.size(), vms.size(), END.toSeconds(), left.getFirst().id()));
      }
      Thread.sleep(POLL);
      left = runningVms();
    }
    return vms.size();
  }

  private <T> List<T> get(String path, TypeReference<Items<T>> type)
      throws IOException, InterruptedException {
    List<T> all = new ArrayList<>();
    Optional<String> after = Optional.empty();
    do {
      String page = after.map(place -> path + "?after=" + ApiClient.part(place)).orElse(path);
      Items<T> items = Json.mapper().readValue(send(request(page).GET().build()), type);
      all.addAll(items.items());
      after = items.next();
    } while (after.isPresent());
    return all;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(ANSWER)
        .header("Authorization", "Bearer " + token);
  }

  private byte[] send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = whole(request);
    if (answer.statusCode() >= 300) {
      throw new CliException(
          "the node answers %s %s with HTTP %d; its log may say why"
              .formatted(request.method(), request.uri().getPath(), answer.statusCode()));
    }
    return answer.body();
  }

  /** Java's own time-out ends with the head of the answer. */
  private HttpResponse<byte[]> whole(HttpRequest request) throws IOException, InterruptedException {
    var answer = client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    try {
      return answer.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(
          "%s %s: no whole answer came; look at the node's log"
              .formatted(request.method(), request.uri()),
          e);
    } finally {
      answer.cancel(true);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
