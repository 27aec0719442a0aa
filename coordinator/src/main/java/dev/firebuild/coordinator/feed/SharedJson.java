package dev.firebuild.coordinator.feed;

import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.resource.EventFrame;
import java.lang.ref.SoftReference;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An event's JSON, made when it is asked for first and shared by all its readers; what nobody holds
 * is made again when memory was short.
 */
public final class SharedJson {
  private final Event event;
  private volatile @Nullable SoftReference<byte[]> made;
  private volatile @Nullable Shown shown;

  /** A frame, and the format that it is in. */
  private record Shown(Enum<?> format, SoftReference<byte[]> frame) {}

  SharedJson(Event event) {
    this.event = event;
  }

  /**
   * What follows {@link EventFrame#head}; not to be changed.
   *
   * @param making called if it has to be made
   */
  public byte[] rest(Runnable making) {
    byte[] bytes = held(made);
    return bytes == null ? make(making) : bytes;
  }

  /** Of readers that come at the same time one makes it, and the others wait. */
  private synchronized byte[] make(Runnable making) {
    byte[] bytes = held(made);
    if (bytes == null) {
      making.run();
      bytes = EventFrame.rest(event);
      made = new SoftReference<>(bytes);
    }
    return bytes;
  }

  /**
   * The frame that {@code make} makes, made for the first of its readers: for a frame that is the
   * same for all of them, and small.
   */
  public byte[] frame(Enum<?> format, Supplier<byte[]> make) {
    Shown known = shown;
    byte[] frame = known == null || known.format() != format ? null : known.frame().get();
    if (frame == null) {
      frame = make.get();
      shown = new Shown(format, new SoftReference<>(frame));
    }
    return frame;
  }

  private static byte @Nullable [] held(@Nullable SoftReference<byte[]> reference) {
    return reference == null ? null : reference.get();
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
