package dev.firebuild.worker.vm;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where in the guest's file of output the program's bytes lie, as far as it has been read: enough
 * to say up to where the guest may forget. Safe for several threads.
 */
final class OutputLandmarks {
  private static final long DISTANCE = 1 << 16;

  /** End of a frame in the program's output → its end in the file. */
  private final TreeMap<Long, Long> places = new TreeMap<>();

  private long last;
  private long dropped;

  /** A frame that was read ends here. */
  synchronized void add(long offset, long place) {
    if (place - last >= DISTANCE) {
      places.put(offset, place);
      last = place;
    }
  }

  /** How many bytes of the file could be dropped if the output before {@code offset} were. */
  synchronized long kept(long offset) {
    return Optional.ofNullable(places.floorEntry(offset))
        .map(Map.Entry::getValue)
        .map(place -> place - dropped)
        .orElse(0L);
  }

  /** The place in the file before which everything lies before {@code offset}; 0: not known. */
  synchronized long before(long offset) {
    return Optional.ofNullable(places.floorEntry(offset)).map(Map.Entry::getValue).orElse(0L);
  }

  /** The guest need not keep what lies before {@code place}. */
  synchronized void dropped(long place) {
    dropped = Math.max(dropped, place);
    places.values().removeIf(known -> known <= dropped);
  }
}
