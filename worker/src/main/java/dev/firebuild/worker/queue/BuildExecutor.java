package dev.firebuild.worker.queue;

/** Does granted builds; implemented by the build engine. Safe for use by all slots at once. */
public interface BuildExecutor {
  /**
   * Does the build, on the calling virtual thread, from {@code started} to exactly one terminal
   * event ({@code succeeded}, {@code failed}, {@code cancelled}), and returns when the host holds
   * nothing of it any more. When the grant is lost it publishes nothing more and cleans up.
   *
   * <p>An exception that leaves this method becomes {@code failed(INTERNAL)}, with the stack trace
   * in the worker's log.
   */
  void execute(BuildGrant grant) throws InterruptedException;
}
