package dev.firebuild.worker.vm;

import dev.firebuild.worker.guest.GuestKeys;
import dev.firebuild.worker.guest.GuestSession;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.Attachment;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The way by SSH into a machine, opened when it is first asked for. */
final class GuestConnection implements AutoCloseable {
  private static final int ATTEMPTS = 20;
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final Processes processes;
  private final String id;
  private final Attachment attachment;
  private final GuestKeys keys;

  /** Also while it is being connected. */
  private volatile Optional<GuestSession> session = Optional.empty();

  private boolean connected;
  private volatile boolean closed;

  GuestConnection(Processes processes, String id, Attachment attachment, GuestKeys keys) {
    this.processes = processes;
    this.id = id;
    this.attachment = attachment;
    this.keys = keys;
  }

  synchronized GuestSession session() throws IOException {
    requireOpen();
    if (!connected) {
      connect();
      connected = true;
    }
    return session.orElseThrow();
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("machine %s has ended".formatted(id));
    }
  }

  /** On a busy host the guest is heard of before its SSH server listens. */
  private void connect() throws IOException {
    for (int attempt = 1; ; attempt++) {
      GuestSession next = GuestSession.of(processes, tunnel(), ProcessTable.mark(id), keys);
      session = Optional.of(next);
      // Who refused before that has not reached it, who does from now on does.
      requireOpen();
      try {
        next.open();
        return;
      } catch (IOException e) {
        if (closed || attempt == ATTEMPTS) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while connecting to a guest", e);
    }
  }

  /** From the machine's own namespace: no port of the host leads to the guest's SSH server. */
  private List<String> tunnel() throws IOException {
    List<String> argv = new ArrayList<>(attachment.launcher());
    argv.add(
        processes
            .find("busybox")
            .orElseThrow(() -> new IOException("busybox is not installed (package busybox-static)"))
            .toString());
    String guest = attachment.link().management().guest();
    argv.addAll(List.of("nc", guest, Integer.toString(Attachment.SSH_PORT)));
    return argv;
  }

  /** Whether nobody connects any more. */
  boolean isClosed() {
    return closed;
  }

  /**
   * The machine has ended: nobody connects any more. Never waits for who is just connecting; whose
   * process is still being started then ends it, all others can be found by their mark.
   */
  void refuse() {
    closed = true;
    session.ifPresent(GuestSession::refuse);
  }

  /** Ends the connection; waits for who is just connecting. */
  @Override
  public void close() {
    refuse();
    synchronized (this) {
      session.ifPresent(GuestSession::close);
    }
  }
}
