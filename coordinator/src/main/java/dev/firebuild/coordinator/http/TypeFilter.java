package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.feed.StoredEvent;
import dev.firebuild.protocol.event.EventType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which types of events are wanted: short names ({@code build.log}), whole ones, or families
 * ({@code build.*}), joined by commas.
 */
record TypeFilter(List<String> names) implements Predicate<StoredEvent> {
  private static final String FAMILY = ".*";

  /** No text wants all. */
  static TypeFilter of(Optional<String> text) {
    return new TypeFilter(
        text
            .map(names -> Arrays.stream(names.split(",", -1)).map(String::strip).toList())
            .orElse(List.of())
            .stream()
            .filter(name -> !name.isEmpty())
            .toList());
  }

  @Override
  public boolean test(StoredEvent stored) {
    String type = stored.event().type();
    String shortName = EventType.ofType(type).map(EventType::shortName).orElse(type);
    return names.isEmpty()
        || names.stream()
            .anyMatch(name ->
                name.equals(shortName)
                    || name.equals(type)
                    || (name.endsWith(FAMILY)
                        && shortName.startsWith(name.substring(0, name.length() - 1))));
  }
}
