package dev.firebuild.messaging;

import dev.firebuild.protocol.event.EventData;
import java.util.concurrent.CompletableFuture;

/**
 * What one instance says of one build or VM: ordered events with a rising sequence number. Safe for
 * use by several threads; events appear in the order of the calls.
 *
 * <p>When the instance has lost its grant, everything that is still said through it is dropped in
 * silence: nobody may hear it.
 */
public interface SubjectEvents {
  /** Id of the build or VM. */
  String subject();

  /** The granted instance. */
  String instance();

  /**
   * Publishes {@code data} after all log bytes that were handed over before it.
   *
   * @return completes when the event is stored; fails with a {@link PublishException} when that
   *     cannot be done any more. After a lost grant it completes at once.
   */
  CompletableFuture<Void> publish(EventData data);

  /**
   * Output of a build's step. Pieces are joined to chunks of at most 64 KiB, at most 5 ms old.
   * Blocks while too much is on its way to Kafka, which slows the guest down instead of filling the
   * memory.
   *
   * @param step number of the step in {@code planned}; 0 is the build itself
   * @param stream {@code stdout}, {@code stderr} or {@code console}
   * @param bytes copied before the method returns
   */
  void buildLog(int step, String stream, byte[] bytes) throws InterruptedException;

  /**
   * Output of a VM's program, joined and bounded like {@link #buildLog}.
   *
   * @param offset of the first byte in the program's output
   * @return completes when the bytes are stored; fails with a {@link PublishException} when that
   *     cannot be done any more. After a lost grant it completes at once.
   */
  CompletableFuture<Void> vmLog(long offset, String stream, byte[] bytes)
      throws InterruptedException;
}
