package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.FilesFrom;
import dev.firebuild.dockerfile.plan.PlannedStep;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.build.GuestFiles.RefusedException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a step finds in its stage's VM.
 *
 * @param loads by number of the step: what the input drive has for it
 * @param drives by place where files come from: the inputs that are its layers, bottom first
 * @param mounted places that are mounted already
 */
record StepContext(
    BuildJob job,
    BuildVm vm,
    List<String> proxyEnvironment,
    Map<Integer, InputDrive.Load> loads,
    Map<FilesFrom, List<Integer>> drives,
    Set<FilesFrom> mounted) {

  static StepContext of(
      BuildJob job,
      BuildVm vm,
      List<String> proxyEnvironment,
      Map<Integer, InputDrive.Load> loads,
      Map<FilesFrom, List<Integer>> drives) {
    return new StepContext(
        job,
        vm,
        proxyEnvironment,
        new HashMap<>(loads),
        new LinkedHashMap<>(drives),
        new HashSet<>());
  }

  /** The number of the input that {@link InputDrive} is. */
  static final int INPUT_DRIVE = 0;

  /** Where the tree of {@code from} lies in the guest; mounted when it is asked for first. */
  String mount(FilesFrom from) throws IOException {
    String directory = "/run/source/" + List.copyOf(drives.keySet()).indexOf(from);
    if (mounted.add(from)) {
      vm.guest().mountLayers(directory, drives.getOrDefault(from, List.of()));
    }
    return directory;
  }

  /** What the guest's refusal means for the build. */
  BuildFailedException refused(PlannedStep step, RefusedException e) throws IOException {
    boolean full = String.valueOf(e.getMessage()).contains("No space left") || vm.isDiskFull();
    return BuildFailedException.at(
        step,
        full ? FailureCode.DISK_FULL : FailureCode.STEP_FAILED,
        full ? "the guest's disk is full: " + e.getMessage() : step.name() + ": " + e.getMessage());
  }
}
