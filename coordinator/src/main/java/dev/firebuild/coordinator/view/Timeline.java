package dev.firebuild.coordinator.view;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The builds or the VMs that there are, the newest first. Each keeps its first place as long as it
 * is there: who goes through the list meets it once, whatever becomes of it meanwhile.
 */
final class Timeline {
  private final Map<String, Place> places = new HashMap<>();
  private final NavigableSet<Place> order = new ConcurrentSkipListSet<>();

  /** When something was created, in milliseconds, and its id: those of one millisecond by id. */
  record Place(long millis, String id) implements Comparable<Place> {
    private static final Pattern TEXT = Pattern.compile("(-?\\d{1,19})-(.+)", Pattern.DOTALL);
    private static final Instant EARLIEST = Instant.ofEpochMilli(Long.MIN_VALUE);
    private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    /** Whoever writes to the topics can make documents of any time. */
    static Place of(String id, Instant at) {
      Instant known = at.isBefore(EARLIEST) ? EARLIEST : at.isAfter(LATEST) ? LATEST : at;
      return new Place(known.toEpochMilli(), id);
    }

    /** Reads what {@link #toString} gives; throws {@link IllegalArgumentException} otherwise. */
    static Place parse(String text) {
      Matcher matcher = TEXT.matcher(text);
      if (!matcher.matches()) {
        throw new IllegalArgumentException("no place of a list");
      }
      return new Place(Long.parseLong(matcher.group(1)), matcher.group(2));
    }

    @Override
    public int compareTo(Place other) {
      int newestFirst = Long.compare(other.millis, millis);
      return newestFirst != 0 ? newestFirst : id.compareTo(other.id);
    }

    @Override
    public String toString() {
      return millis + "-" + id;
    }
  }

  /** {@code id} is there, since {@code at}; the first place under an id counts. */
  synchronized void add(String id, Instant at) {
    Place place = Place.of(id, at);
    if (places.putIfAbsent(id, place) == null) {
      order.add(place);
    }
  }

  /** {@code id} is not there any more. */
  synchronized void remove(String id) {
    Place place = places.remove(id);
    if (place != null) {
      order.remove(place);
    }
  }

  /** All, or those after {@code place}, which need not be there any more. */
  Stream<Place> after(Optional<String> place) {
    return place
        .map(text -> order.tailSet(Place.parse(text), /* inclusive= */ false))
        .orElse(order)
        .stream();
  }
}
