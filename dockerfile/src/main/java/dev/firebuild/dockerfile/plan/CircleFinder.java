package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.Location;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds stages that take files from each other. Without recursion: a file may have many stages. */
final class CircleFinder {
  /** A stage on the way, with those that are still to be looked at. */
  private record Visit(StageNode node, Iterator<Integer> sources) {}

  private final List<StageNode> nodes;
  private final Set<Integer> visited = new HashSet<>();

  private CircleFinder(List<StageNode> nodes) {
    this.nodes = nodes;
  }

  static void check(List<StageNode> nodes) throws DockerfileException {
    CircleFinder finder = new CircleFinder(nodes);
    for (StageNode node : nodes) {
      finder.visit(node);
    }
  }

  private void visit(StageNode start) throws DockerfileException {
    Deque<Visit> way = new ArrayDeque<>();
    Set<Integer> onTheWay = new HashSet<>();
    enter(start, way, onTheWay);
    while (!way.isEmpty()) {
      Visit visit = way.getLast();
      if (!visit.sources.hasNext()) {
        onTheWay.remove(visit.node.index());
        way.removeLast();
        continue;
      }
      int source = visit.sources.next();
      if (onTheWay.contains(source)) {
        throw circle(way, source);
      }
      enter(nodes.get(source), way, onTheWay);
    }
  }

  private void enter(StageNode node, Deque<Visit> way, Set<Integer> onTheWay) {
    if (visited.add(node.index())) {
      way.addLast(new Visit(node, node.sourceStages().iterator()));
      onTheWay.add(node.index());
    }
  }

  private DockerfileException circle(Deque<Visit> way, int source) {
    List<StageNode> circle =
        way.stream().map(Visit::node).dropWhile(node -> node.index() != source).toList();
    List<Location> locations = new ArrayList<>();
    for (int i = 0; i < circle.size(); i++) {
      int next = circle.get((i + 1) % circle.size()).index();
      circle.get(i).entries().stream()
          .filter(entry -> entry.sources().contains(new FilesFrom.Stage(next)))
          .map(entry -> entry.parsed().location())
          .findFirst()
          .ifPresent(locations::add);
    }
    return new DockerfileException(
        "circular dependency detected on stage: " + nodes.get(source).stage().displayName(),
        Phase.PLAN,
        locations,
        Optional.empty());
  }
}
