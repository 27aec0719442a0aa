package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.instruction.ParsedInstruction;
import dev.firebuild.dockerfile.stage.Stage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A stage whose base is resolved, while its dependencies are found out. */
final class StageNode {
  /**
   * An instruction of a stage.
   *
   * @param sources where COPY, or each mount of RUN in turn, takes its files from
   * @param trigger whether the base's ONBUILD brought it
   */
  record Entry(ParsedInstruction parsed, List<FilesFrom> sources, boolean trigger) {}

  private final Stage stage;
  private final StageBase base;
  private final Optional<Platform> platform;
  private List<Entry> entries = List.of();
  private boolean triggersFired;

  StageNode(Stage stage, StageBase base, Optional<Platform> platform) {
    this.stage = stage;
    this.base = base;
    this.platform = platform;
  }

  Stage stage() {
    return stage;
  }

  int index() {
    return stage.index();
  }

  StageBase base() {
    return base;
  }

  /** Of {@code --platform}. */
  Optional<Platform> platform() {
    return platform;
  }

  List<Entry> entries() {
    return entries;
  }

  void setEntries(List<Entry> own) {
    entries = List.copyOf(own);
  }

  boolean triggersFired() {
    return triggersFired;
  }

  /** Puts the triggers of the base in front. */
  void fire(List<Entry> triggers) {
    List<Entry> all = new ArrayList<>(triggers);
    all.addAll(entries);
    entries = List.copyOf(all);
    triggersFired = true;
  }

  /** The stages that instructions take files from. */
  Set<Integer> sourceStages() {
    Set<Integer> stages = new LinkedHashSet<>();
    for (Entry entry : entries) {
      for (FilesFrom source : entry.sources()) {
        if (source instanceof FilesFrom.Stage(int index)) {
          stages.add(index);
        }
      }
    }
    return stages;
  }
}
