package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.feed.StoredEvent;
import dev.firebuild.protocol.event.EventType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which types of events are wanted: short names ({@code build.log}), whole ones, or families
 * ({@code build.*}), joined by commas.
 */
record TypeFilter(List<String> names) implements Predicate<StoredEvent> {
  private static final String FAMILY = ".*";

  /**
   * No text wants all. A short name or family that no event has is refused: it would wait forever.
   */
  static TypeFilter of(Optional<String> text) {
    TypeFilter filter =
        new TypeFilter(
            text
                .map(names -> Arrays.stream(names.split(",", -1)).map(String::strip).toList())
                .orElse(List.of())
                .stream()
                .filter(name -> !name.isEmpty())
                .toList());
    for (String name : filter.names) {
      if (Arrays.stream(EventType.values())
          .noneMatch(type -> names(name, type.type(), type.shortName()))) {
        throw Problems.malformed(
            "the parameter type has \"%s\", which no event is; expected names like build.started or families: %s"
                .formatted(name, families()));
      }
    }
    return filter;
  }

  private static String families() {
    return Arrays.stream(EventType.values())
        .map(EventType::shortName)
        .map(name -> name.substring(0, name.indexOf('.')) + FAMILY)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static boolean names(String name, String type, String shortName) {
    return name.equals(shortName)
        || name.equals(type)
        || (name.endsWith(FAMILY) && shortName.startsWith(name.substring(0, name.length() - 1)));
  }

  @Override
  public boolean test(StoredEvent stored) {
    String type = stored.event().type();
    String shortName = EventType.ofType(type).map(EventType::shortName).orElse(type);
    return names.isEmpty() || names.stream().anyMatch(name -> names(name, type, shortName));
  }
}
