package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.Position;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.protocol.resource.BuildResource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Holds a terminal event back until the documents say the same, so that a client which has seen a
 * build succeed can use its image at once.
 */
final class Settled {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** The terminal event follows the document at once; whoever comes later need not wait. */
  private static final Duration OVER = Duration.ofMinutes(1);

  private final EventFeed feed;
  private final Views views;
  private final InstantSource clock;

  Settled(EventFeed feed, Views views, InstantSource clock) {
    this.feed = feed;
    this.views = views;
    this.clock = clock;
  }

  /**
   * Where the events of the build or VM end, if it has ended so long ago that no event of it can
   * follow.
   */
  Optional<Position> over(String id) throws InterruptedException {
    Optional<Instant> end =
        views
            .documents()
            .build(id)
            .flatMap(BuildDocument::endedAt)
            .or(() -> views.documents().vm(id).flatMap(VmDocument::endedAt))
            .map(ended -> ended.plus(OVER))
            .filter(clock.instant()::isAfter);
    return end.isPresent() ? Optional.of(feed.endAt(id, end.get())) : Optional.empty();
  }

  /** Returns when the end that {@code event} tells shows in the views, or after a while. */
  void await(Event event) throws InterruptedException {
    var _ = views.await(() -> shows(event) ? Optional.of(event) : Optional.empty(), PATIENCE);
  }

  private boolean shows(Event event) {
    return switch (event.data()) {
      case BuildEvent.Succeeded succeeded ->
          isSettled(event.subject()) && isPublished(event.subject(), succeeded);
      case BuildEvent _ -> isSettled(event.subject());
      case VmEvent _ -> isSettled(event.subject());
      default -> true;
    };
  }

  /**
   * Whether the documents say that the build or VM has ended. A document that is not there any more
   * has been settled long ago.
   */
  boolean isSettled(String id) {
    return views
        .build(id)
        .map(build -> build.phase().isSettled())
        .or(() -> views.documents().vm(id).map(vm -> vm.phase().isSettled()))
        .orElse(true);
  }

  /** Whether {@code build} has ended, and what it made can be used. */
  boolean hasEnded(BuildResource build) {
    return switch (build.phase()) {
      case QUEUED, ASSIGNED, RUNNING -> false;
      case FAILED, CANCELLED -> true;
      case SUCCEEDED -> isPublished(build);
    };
  }

  private boolean isPublished(BuildResource build) {
    String tag = build.request().tag();
    return build.request().source() instanceof Source.Kernel
        ? views.documents().kernel(tag).isPresent()
        : views
            .image(tag)
            .filter(image ->
                image.image().build().equals(build.id())
                    || build.endedAt().filter(image.publishedAt()::isAfter).isPresent())
            .isPresent();
  }

  private boolean isPublished(String id, BuildEvent.Succeeded succeeded) {
    Optional<BuildDocument> build = views.documents().build(id);
    if (build.isEmpty() || succeeded.image().isEmpty()) {
      return build.isEmpty() || views.documents().kernel(succeeded.reference()).isPresent();
    }
    return views
        .image(succeeded.reference())
        .map(image ->
            image.image().build().equals(id)
                || build.get().endedAt().map(image.publishedAt()::isAfter).orElse(false))
        .orElse(false);
  }
}
