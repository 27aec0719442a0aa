package dev.firebuild.worker.guest;

import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Access to a guest's initramfs by SSH, as root there. Several programs may run at the same time,
 * each from its own thread; each then has a connection of its own, which later ones use again.
 *
 * <p>Never two on one connection: when a program ends just while another one is being started,
 * Dropbear 2022.83 takes the new channel for the one that has ended and closes it, and the start is
 * never answered.
 */
public final class GuestSession implements AutoCloseable {
  private static final int CALL_LIMIT = 1 << 20;

  private final Tunnel tunnel;
  private final GuestKeys keys;
  private final Set<Process> connecting = new HashSet<>();
  private final Set<SshLink> links = new HashSet<>();
  private final Deque<SshLink> idle = new ArrayDeque<>();
  private boolean closed;

  /** Starts a process whose standard input and output lead to the guest's SSH server. */
  @FunctionalInterface
  private interface Tunnel {
    Process start() throws IOException;
  }

  private GuestSession(Tunnel tunnel, GuestKeys keys) {
    this.tunnel = tunnel;
    this.keys = keys;
  }

  /**
   * Connects.
   *
   * @param tunnel a command that connects its standard input and output with the guest's SSH server
   * @param mark environment of that command
   * @param keys of this machine: a guest that has another key is refused
   */
  public static GuestSession connect(
      Processes processes, List<String> tunnel, Map<String, String> mark, GuestKeys keys)
      throws IOException {
    GuestSession session = of(processes, tunnel, mark, keys);
    session.open();
    return session;
  }

  /** As {@link #connect}, but not before {@link #open}: it can be refused meanwhile. */
  public static GuestSession of(
      Processes processes, List<String> tunnel, Map<String, String> mark, GuestKeys keys) {
    return new GuestSession(() -> processes.startConnected(tunnel, mark), keys);
  }

  /** Connects. */
  public void open() throws IOException {
    giveBack(connect());
  }

  /**
   * Starts {@code argv} in the initramfs. Every argument arrives as it is, whatever it holds; all
   * together may have 8 KiB.
   *
   * @throws IOException if the guest can't be reached
   */
  public GuestExec start(List<String> argv) throws IOException {
    SshLink link = take();
    try {
      return new SshExec(argv, link, link.exec(argv), this::giveBack);
    } catch (IOException e) {
      link.close();
      throw e;
    }
  }

  private SshLink take() throws IOException {
    synchronized (links) {
      for (SshLink link = idle.poll(); link != null; link = idle.poll()) {
        if (link.isOpen()) {
          return link;
        }
        links.remove(link);
        link.close();
      }
    }
    return connect();
  }

  private SshLink connect() throws IOException {
    Process process = startTunnel();
    try {
      SshLink link = SshLink.connect(process, keys);
      if (register(link)) {
        return link;
      }
      link.close();
      throw refused();
    } finally {
      synchronized (links) {
        connecting.remove(process);
      }
    }
  }

  /** While it connects, {@link #close} can end it: a guest that is gone never answers. */
  private Process startTunnel() throws IOException {
    requireOpen();
    Process process = tunnel.start();
    synchronized (links) {
      if (!closed) {
        connecting.add(process);
        return process;
      }
    }
    process.destroyForcibly();
    throw refused();
  }

  private boolean register(SshLink link) {
    synchronized (links) {
      links.removeIf(other -> !other.isOpen());
      return !closed && links.add(link);
    }
  }

  private void requireOpen() throws IOException {
    synchronized (links) {
      if (closed) {
        throw refused();
      }
    }
  }

  private static IOException refused() {
    return new IOException("the connection to the guest was closed");
  }

  private void giveBack(SshLink link) {
    synchronized (links) {
      idle.push(link);
    }
  }

  /**
   * Runs {@code argv} in the initramfs to its end.
   *
   * @param stdin sent to the program; closed by the caller
   * @param out takes standard output as it arrives
   * @param err takes standard error as it arrives
   * @return the exit code; 128 + n after signal n
   * @throws IOException if the guest can't be reached, or was lost before the program ended
   */
  public int exec(List<String> argv, InputStream stdin, OutputStream out, OutputStream err)
      throws IOException {
    try (GuestExec exec = start(argv)) {
      return exec.transfer(stdin, out, err);
    }
  }

  /**
   * Runs {@code argv} and returns what it printed on standard output.
   *
   * @throws IOException also if the exit code is not 0, then with the program's standard error; or
   *     if it prints more than 1 MiB on either
   */
  public byte[] call(List<String> argv) throws IOException {
    BoundedBytes out = new BoundedBytes(CALL_LIMIT);
    BoundedBytes err = new BoundedBytes(CALL_LIMIT);
    int code = exec(argv, InputStream.nullInputStream(), out, err);
    if (code != 0) {
      throw new IOException(
          "%s in the guest: exit code %d: %s"
              .formatted(String.join(" ", argv), code, err.text().strip()));
    }
    return out.bytes();
  }

  /** The guest has ended: no more connections are made. Waits for nothing. */
  public void refuse() {
    synchronized (links) {
      closed = true;
    }
  }

  @Override
  public void close() {
    refuse();
    Set<SshLink> open;
    synchronized (links) {
      connecting.forEach(Process::destroyForcibly);
      open = Set.copyOf(links);
      links.clear();
      idle.clear();
    }
    open.forEach(SshLink::close);
  }
}
