package dev.firebuild.worker.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.connection.channel.direct.Signal;

/** A program behind one channel of the SSH connection. */
final class SshExec implements GuestExec {
  private final List<String> argv;
  private final SshLink link;
  private final Session.Command command;
  private final Consumer<SshLink> giveBack;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean cancelled;

  /**
   * @param giveBack takes the connection when the program has ended in order
   */
  SshExec(List<String> argv, SshLink link, Session.Command command, Consumer<SshLink> giveBack) {
    this.argv = argv;
    this.link = link;
    this.command = command;
    this.giveBack = giveBack;
  }

  @Override
  public OutputStream stdin() {
    return command.getOutputStream();
  }

  @Override
  public InputStream stdout() {
    return command.getInputStream();
  }

  @Override
  public InputStream stderr() {
    return command.getErrorStream();
  }

  @Override
  public int await() throws IOException {
    command.join();
    if (cancelled) {
      throw new IOException(argv.getFirst() + " in the guest was cancelled");
    }
    Integer code = command.getExitStatus();
    Signal signal = command.getExitSignal();
    if (code == null && signal == null) {
      throw new IOException("the guest was lost while it ran " + argv.getFirst());
    }
    if (over.compareAndSet(false, true)) {
      giveBack.accept(link);
    }
    return code == null ? 128 + number(Objects.requireNonNull(signal)) : code;
  }

  @Override
  public int transfer(InputStream in, OutputStream out, OutputStream err) throws IOException {
    Thread feeder = Thread.ofVirtual().start(() -> feed(in));
    CompletableFuture<Void> errors =
        CompletableFuture.runAsync(() -> copy(stderr(), err), Thread::startVirtualThread);
    try {
      copy(stdout(), out);
      errors.join();
      return await();
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } finally {
      feeder.interrupt();
    }
  }

  private void feed(InputStream in) {
    try (OutputStream stdin = stdin()) {
      in.transferTo(stdin);
    } catch (IOException e) {
      // A program that does not read its input to the end says so by its exit code.
    }
  }

  private void copy(InputStream from, OutputStream to) {
    byte[] buffer = new byte[1 << 16];
    try {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        to.write(buffer, 0, n);
        to.flush();
      }
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    try {
      if (command.isOpen()) {
        command.signal(Signal.KILL);
      }
    } catch (IOException e) {
      // The guest is gone, and the program with it.
    }
    close();
  }

  @Override
  public void close() {
    if (over.compareAndSet(false, true)) {
      link.close();
    }
  }

  /** As in signal(7). */
  private static int number(Signal signal) {
    return switch (signal) {
      case HUP -> 1;
      case INT -> 2;
      case QUIT -> 3;
      case ILL -> 4;
      case ABRT -> 6;
      case FPE -> 8;
      case KILL -> 9;
      case USR1 -> 10;
      case SEGV -> 11;
      case USR2 -> 12;
      case PIPE -> 13;
      case ALRM -> 14;
      case TERM -> 15;
      case UNKNOWN -> 0;
    };
  }
}
