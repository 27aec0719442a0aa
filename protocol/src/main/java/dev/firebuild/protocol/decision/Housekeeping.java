package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import java.time.Instant;

/** Which documents nobody needs any more. */
public final class Housekeeping {
  private Housekeeping() {}

  /**
   * Whether {@code work} ended before {@code limit}, nothing is left of it on any host, and all is
   * said. An ended VM stays until it is removed: it has its disk, or a name that somebody gave it.
   */
  public static boolean isForgettable(Work work, Instant limit) {
    boolean over =
        switch (work) {
          case BuildDocument build -> build.phase().isSettled();
          case VmDocument vm ->
              vm.phase() == VmDocument.Phase.REMOVED
                  || (vm.phase() == VmDocument.Phase.FAILED && vm.assignment().isEmpty());
        };
    return over
        && work.outbox().isEmpty()
        && work.endedAt().filter(ended -> ended.isBefore(limit)).isPresent();
  }
}
