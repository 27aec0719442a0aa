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
   * Decides.
   *
   * @param document of the claimed build or VM, as the worker sees it now
   * @param attempt that the instance claimed
   * @param granted whether the instance was granted before
   */
  public Answer answer(Work document, int attempt, String instance, boolean granted) {
    if (document.attempt() < attempt) {
      return new Answer.Wait();
    }
    boolean mine =
        document.attempt() == attempt
            && document.assignment().filter(to -> to.instance().equals(instance)).isPresent();
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
          yield own(vm, granted);
        }
        yield open && !vm.phase().isSettled()
            ? new Answer.Wait()
            : new Answer.Over(false, "another instance has the VM");
      }
    };
  }

  /** An ended VM has its disk and is held until it is removed. */
  private static Answer own(VmDocument vm, boolean granted) {
    if (vm.phase() == VmDocument.Phase.REMOVED) {
      return new Answer.Over(true, "it is removed");
    }
    return vm.phase().isSettled() && !granted
        ? new Answer.Over(false, "it is settled")
        : new Answer.Granted();
  }
}
