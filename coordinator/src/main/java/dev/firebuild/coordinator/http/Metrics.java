package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** What a coordinator counts, for Prometheus. */
final class Metrics {
  /** The text format of Prometheus. */
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Any word may stand there, and each would be counted for ever. */
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter encoded =
      Counter.builder("firebuild.frames.encoded")
          .description("Events that were made JSON, once for all their readers")
          .register(registry);
  private final Counter written =
      Counter.builder("firebuild.frames.written")
          .description("Events that were sent to a reader")
          .register(registry);
  private final AtomicInteger open = new AtomicInteger();

  Metrics(Views views) {
    Gauge.builder("firebuild.http.open", open, AtomicInteger::get)
        .description("Requests that are being answered, event streams among them")
        .register(registry);
    for (BuildDocument.Phase phase : BuildDocument.Phase.values()) {
      Gauge.builder(
              "firebuild.builds",
              views,
              all -> all.builds().stream().filter(build -> build.phase() == phase).count())
          .tag("phase", phase.name().toLowerCase(Locale.ROOT))
          .description("Builds that the coordinator knows")
          .register(registry);
    }
    for (VmDocument.Phase phase : VmDocument.Phase.values()) {
      Gauge.builder(
              "firebuild.vms",
              views,
              all -> all.vms().stream().filter(vm -> vm.phase() == phase).count())
          .tag("phase", phase.name().toLowerCase(Locale.ROOT))
          .description("VMs that the coordinator knows")
          .register(registry);
    }
    for (String state : List.of("up", "silent", "stopped")) {
      Gauge.builder(
              "firebuild.workers",
              views,
              all ->
                  all.documents().workers().stream()
                      .filter(worker -> worker.state().equals(state))
                      .count())
          .tag("state", state)
          .description("Workers that the coordinator knows")
          .register(registry);
    }
    Gauge.builder("firebuild.images", views, all -> all.documents().images().size())
        .description("Images that the coordinator knows")
        .register(registry);
  }

  /** Shows how much of {@code memory} is taken. */
  void watch(BodyMemory memory) {
    Gauge.builder("firebuild.http.body.bytes", memory, BodyMemory::taken)
        .description("Memory that large requests take while they are read and sent on")
        .register(registry);
  }

  /** An event was made JSON. */
  void frameEncoded() {
    encoded.increment();
  }

  /** A client was sent an event. */
  void frameWritten() {
    written.increment();
  }

  void begin() {
    open.incrementAndGet();
  }

  void end(String method, String route, int status, Duration taken) {
    open.decrementAndGet();
    Timer.builder("firebuild.http.requests")
        .description("Answered HTTP requests")
        .tag("method", METHODS.contains(method) ? method : "other")
        .tag("route", route)
        .tag("status", Integer.toString(status))
        .register(registry)
        .record(taken);
  }

  String text() {
    return registry.scrape(CONTENT_TYPE);
  }
}
