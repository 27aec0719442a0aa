package dev.firebuild.coordinator.feed;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.VmEvent;
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

  /** The record's value, where it can be passed on as it is. */
  private volatile @Nullable SoftReference<byte[]> value;

  private volatile @Nullable Shown shown;

  /** A frame, and the format that it is in. */
  private record Shown(Enum<?> format, SoftReference<byte[]> frame) {}

  SharedJson(Event event) {
    this.event = event;
  }

  /** Of an event that was read from {@code value}. */
  static SharedJson of(Event event, byte[] value) {
    SharedJson json = new SharedJson(event);
    if (isOutput(event.data()) && isOneLine(value)) {
      json.value = new SoftReference<>(value);
    }
    return json;
  }

  /** What else there is, is small; writing it anew leaves out what does not belong to it. */
  private static boolean isOutput(EventData data) {
    return data instanceof BuildEvent.Log || data instanceof VmEvent.Log;
  }

  /** A frame is a line; what foreign producers write may be spread over several. */
  private static boolean isOneLine(byte[] value) {
    for (byte b : value) {
      if (b == '\n' || b == '\r') {
        return false;
      }
    }
    return true;
  }

  /** What follows {@link EventFrame#head}; not to be changed. */
  public byte[] rest() {
    byte[] bytes = held(made);
    if (bytes == null) {
      byte[] data = held(value);
      bytes = data == null ? EventFrame.rest(event) : EventFrame.rest(event, data);
      made = new SoftReference<>(bytes);
      value = null;
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
