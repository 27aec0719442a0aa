package dev.firebuild.coordinator.feed;

import dev.firebuild.protocol.Text;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A place in the event topic: the offset to read next, for each partition that matters.
 *
 * <p>Written {@code PARTITION:OFFSET}, several joined by commas, where the offset is that of the
 * last event that was read (-1: none): so the text of a stream of one partition is the place of the
 * event itself.
 */
public record Position(SortedMap<Integer, Long> next) {
  private static final int PARTITION_LIMIT = 10_000;

  public Position {
    next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
  }

  /** One partition's place. */
  public static Position of(int partition, long offset) {
    return new Position(new TreeMap<>(Map.of(partition, offset)));
  }

  /** Reads the text form; throws {@link IllegalArgumentException} if it has another. */
  public static Position parse(String text) {
    TreeMap<Integer, Long> next = new TreeMap<>();
    for (String part : text.split(",", -1)) {
      int colon = part.indexOf(':');
      try {
        int partition = Integer.parseInt(part.substring(0, Math.max(colon, 0)));
        long offset = Long.parseLong(part.substring(colon + 1));
        if (partition < 0 || partition > PARTITION_LIMIT || offset < -1) {
          throw new NumberFormatException(part);
        }
        next.put(partition, offset + 1);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "position %s: expected PARTITION:OFFSET, several joined by commas"
                .formatted(Text.quote(text)),
            e);
      }
    }
    return new Position(next);
  }

  /** The place after {@code event}. */
  public Position after(StoredEvent event) {
    TreeMap<Integer, Long> later = new TreeMap<>(next);
    later.put(event.partition(), event.offset() + 1);
    return new Position(later);
  }

  /** The offset to read next in {@code partition}; 0 if it is not part of this place. */
  public long offset(int partition) {
    return next.getOrDefault(partition, 0L);
  }

  /** The later of both places, for the partitions of this one. */
  public Position atLeast(Position other) {
    TreeMap<Integer, Long> later = new TreeMap<>(next);
    later.replaceAll(
        (partition, offset) -> Math.max(offset, other.next.getOrDefault(partition, offset)));
    return new Position(later);
  }

  /** The earlier of both places, for the partitions of this one. */
  Position atMost(Position other) {
    TreeMap<Integer, Long> earlier = new TreeMap<>(next);
    earlier.replaceAll(
        (partition, offset) -> Math.min(offset, other.next.getOrDefault(partition, offset)));
    return new Position(earlier);
  }

  @Override
  public String toString() {
    return next.entrySet().stream()
        .map(entry -> entry.getKey() + ":" + (entry.getValue() - 1))
        .collect(Collectors.joining(","));
  }
}
