package dev.firebuild.worker.vm;

import dev.firebuild.worker.guest.GuestSession;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A VM that runs, or has ended and still holds its directory. */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString", "UnusedVariable"})
public final class Machine implements AutoCloseable {
  /** The instance id. */
  public String id() {
    throw new UnsupportedOperationException();
  }

  /** Pid of the VMM on this host. */
  public long pid() {
    throw new UnsupportedOperationException();
  }

  /** The guest's IPv4 address in its own network. */
  public String ip() {
    throw new UnsupportedOperationException();
  }

  /** Prefix length of the guest's network. */
  public int prefixLength() {
    throw new UnsupportedOperationException();
  }

  /** {@code qemu-kvm} or {@code qemu-tcg}. */
  public String vmm() {
    throw new UnsupportedOperationException();
  }

  /** The one SSH connection, made at the first call and again after it was lost. */
  public GuestSession session() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Completed once, when the VM has ended, whatever ended it. */
  public CompletableFuture<MachineExit> exit() {
    throw new UnsupportedOperationException();
  }

  /** The guest's console: a file of bounded size, newest lines kept. */
  public Path console() {
    throw new UnsupportedOperationException();
  }

  /**
   * Copies the run's output from byte {@code offset} on as it arrives, until the program has ended
   * and everything is copied. What lies before {@code offset} is dropped in the guest.
   *
   * @param sink takes each piece with the offset of its first byte; a piece whose offset is not the
   *     end of the one before tells that the guest dropped what lies between
   * @return the program's exit code
   */
  public int readOutput(long offset, OutputSink sink) throws IOException {
    throw new UnsupportedOperationException(offset + sink.toString());
  }

  /** Takes output. */
  @FunctionalInterface
  public interface OutputSink {
    /** Takes the bytes that begin at {@code offset} of the program's output. */
    void accept(long offset, byte[] bytes) throws IOException;
  }

  /**
   * Lets the guest end: a run's program gets its stop signal, after {@code grace} it is killed; the
   * file systems are unmounted and the VM powers off. What does not end then is killed.
   */
  public MachineExit stop(Duration grace) {
    throw new UnsupportedOperationException(grace.toString());
  }

  /** Ends the VM at once. */
  public void kill() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends the VM if it runs and removes all that it holds on the host: processes, network,
   * directory. The upper disk belongs to the caller and stays.
   */
  @Override
  public void close() {
    throw new UnsupportedOperationException(OutputStream.nullOutputStream().toString());
  }
}
