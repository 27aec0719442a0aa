package dev.firebuild.messaging;

/** Whether there is room for more output of builds. Under the lock of its backlog's spool. */
final class LogRoom {
  /** Output of builds on its way while nothing goes to disk; who writes more waits. */
  private static final long IN_MEMORY = 12 << 20;

  private final Backlog backlog;
  private final long limitBytes;
  private boolean full;

  /**
   * @param limitBytes that may lie on disk
   */
  LogRoom(Backlog backlog, long limitBytes) {
    this.backlog = backlog;
    this.limitBytes = limitBytes;
  }

  /**
   * Whether it is there.
   *
   * @param spooling whether events go to disk
   */
  boolean isThere(boolean spooling) {
    if (!spooling || backlog.isBroken()) {
      full = false;
      return backlog.logBytes() < IN_MEMORY;
    }
    // Once full, some of it must leave first: output shall not be cut into crumbs.
    full = backlog.bytes() >= (full ? limitBytes / 4 * 3 : limitBytes);
    return !full;
  }
}
