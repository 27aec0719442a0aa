package dev.firebuild.worker.queue;

/** Raises the wish that only the queue raises. */
public final class Cancellations {
  private Cancellations() {}

  public static void cancel(Cancellation cancellation, CancelReason reason) {
    cancellation.cancel(reason);
  }
}
