package dev.firebuild.systemtest.conformance;

import dev.firebuild.systemtest.conformance.CaseRunner.Built;
import dev.firebuild.systemtest.engine.EngineHost;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.image.Manifest.Layer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Compares the files of many cases in one VM: booting one for each would take half the time. */
final class TreeComparisons {
  private final EngineHost host;
  private final BaseImages bases;

  TreeComparisons(EngineHost host, BaseImages bases) {
    this.host = host;
    this.bases = bases;
  }

  /** The layers that {@code built} need together. */
  static Set<Layer> layers(List<Built> built) {
    Set<Layer> layers = new LinkedHashSet<>();
    built.forEach(one -> one.image().ifPresent(image -> layers.addAll(image.layers())));
    return layers;
  }

  /** Compares all; gives each with all its differences. */
  List<Built> compare(List<Built> built) throws IOException, InterruptedException {
    List<Built> compared = new ArrayList<>();
    for (Built one : built) {
      bases.tree(one.file().base());
    }
    try (TreeReader reader = new TreeReader(host, List.copyOf(layers(built)))) {
      for (Built one : built) {
        compared.add(compare(one, reader));
      }
    }
    return compared;
  }

  private Built compare(Built built, TreeReader reader) throws IOException, InterruptedException {
    Manifest image = built.image().orElseThrow();
    String base = built.file().base();
    Tree baseTree = bases.tree(base);
    List<Layer> baseLayers = base.equals("scratch") ? List.of() : bases.image(base).layers();
    boolean above =
        image.layers().size() >= baseLayers.size()
            && image.layers().subList(0, baseLayers.size()).equals(baseLayers);
    Tree tree = above ? reader.read(image, baseTree, baseLayers) : reader.read(image);
    Comparison comparison = new Comparison(built.file());
    comparison.compareTree(baseTree, tree, this::tree);
    List<String> differences = new ArrayList<>(built.differences());
    differences.addAll(comparison.differences());
    return new Built(built.file(), differences, built.image());
  }

  private Tree tree(String base) {
    try {
      return bases.tree(base);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
