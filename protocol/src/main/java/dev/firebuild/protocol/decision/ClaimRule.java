package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;

/**
 * What a document says to an instance that a worker claimed for: the rule by which every worker
 * goes on, waits or stops. A lower attempt, or the same one still in the queue: the owner has not
 * read the claim yet. The same attempt, granted: to this instance or to another one. A higher
 * attempt, or the end: no business of this instance any more.
 */
public class ClaimRule {
  /** What the worker does. */
  public sealed interface Answer {
    /** The document does not know of the claim yet. */
    record Wait() implements Answer {}

    /** The instance may work; what the document wants of it counts. */
    record Granted() implements Answer {}

    /**
     * The instance may not work, or not any more.
     *
     * @param own whether it is the instance's own end that the document tells
     * @param why for people
     */
    record Over(boolean own, String why) implements Answer {}
  }

  /**
   * What the worker knows of its instance.
   *
   * @param attempt that was claimed
   * @param name the instance's id
   * @param granted whether it was granted before
   * @param endKnown whether the end was told already when this process began to hold it
   * @param endTold whether this process has told the end
   */
  public record Instance(
      int attempt, String name, boolean granted, boolean endKnown, boolean endTold) {}

  /**
   * Decides.
   *
   * @param document of the claimed build or VM, as the worker sees it now
   */
  public Answer answer(Work document, Instance instance) {
    int attempt = instance.attempt();
    if (document.attempt() < attempt) {
      return new Answer.Wait();
    }
    boolean mine =
        document.attempt() == attempt
            && document
                .assignment()
                .filter(to -> to.instance().equals(instance.name()))
                .isPresent();
    boolean open = document.attempt() == attempt && document.assignment().isEmpty();
    return switch (document) {
      case BuildDocument build -> {
        if (build.phase().isSettled()) {
          yield new Answer.Over(mine, "it is settled");
        }
        if (mine) {
          yield new Answer.Granted();
        }
        yield open ? new Answer.Wait() : new Answer.Over(false, "another instance has the build");
      }
      case VmDocument vm -> {
        if (mine) {
          yield own(vm, instance);
        }
        yield open && !vm.phase().isSettled()
            ? new Answer.Wait()
            : new Answer.Over(false, "another instance has the VM");
      }
    };
  }

  /** An ended VM has its disk and is held until it is removed. */
  private static Answer own(VmDocument vm, Instance instance) {
    if (vm.phase() == VmDocument.Phase.REMOVED) {
      return new Answer.Over(true, "it is removed");
    }
    return vm.phase().isSettled() && (!instance.granted() || isGivenUp(vm, instance))
        ? new Answer.Over(false, "it is settled")
        : new Answer.Granted();
  }

  /**
   * Whether the owner has ended what never ran, as far as it knows, without a word of this
   * instance: it was lost too often, or nobody wanted it any more.
   */
  private static boolean isGivenUp(VmDocument vm, Instance instance) {
    return !instance.endKnown() && vm.running().isEmpty() && !instance.endTold();
  }
}
