package dev.firebuild.coordinator.feed;

import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.resource.EventFrame;
import java.lang.ref.SoftReference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event's JSON, made when it is asked for first and shared by all its readers; what nobody holds
 * is made again when memory was short.
 */
public final class SharedJson {
  private final Event event;
  private volatile @Nullable SoftReference<byte[]> made;

  SharedJson(Event event) {
    this.event = event;
  }

  /** What follows {@link EventFrame#head}; not to be changed. */
  public byte[] rest() {
    SoftReference<byte[]> known = made;
    byte[] bytes = known == null ? null : known.get();
    if (bytes == null) {
      bytes = EventFrame.rest(event);
      made = new SoftReference<>(bytes);
    }
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SharedJson json && json.event.equals(event);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(event);
  }
}
