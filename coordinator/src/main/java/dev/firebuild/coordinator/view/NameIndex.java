package dev.firebuild.coordinator.view;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which VMs want a name, so that a name is looked up without reading all VMs. */
final class NameIndex {
  private final Map<String, Set<String>> wanting = new ConcurrentHashMap<>();

  /** The VM {@code id} wants {@code name}. */
  void add(String name, String id) {
    wanting.compute(
        name,
        (_, ids) -> {
          Set<String> all = ids == null ? ConcurrentHashMap.newKeySet() : ids;
          all.add(id);
          return all;
        });
  }

  /** The VM {@code id} is forgotten. */
  void remove(String name, String id) {
    wanting.computeIfPresent(
        name,
        (_, ids) -> {
          ids.remove(id);
          return ids.isEmpty() ? null : ids;
        });
  }

  Set<String> find(String name) {
    return wanting.getOrDefault(name, Set.of());
  }
}
