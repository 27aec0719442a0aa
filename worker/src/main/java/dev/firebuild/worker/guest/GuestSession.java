package dev.firebuild.worker.guest;

import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.LoggerFactory;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;
import net.schmizz.sshj.userauth.keyprovider.KeyPairWrapper;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/**
 * The SSH connection to a guest's initramfs, as root there. Several programs may run over it at the
 * same time, each from its own thread.
 */
public final class GuestSession implements AutoCloseable {
  private static final int CALL_LIMIT = 1 << 20;
  private static final int TIMEOUT_MILLIS = 60_000;

  private final SSHClient client;

  private GuestSession(SSHClient client) {
    this.client = client;
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
    DefaultConfig config = new DefaultConfig();
    config.setLoggerFactory(new Silence());
    SSHClient client = new SSHClient(config);
    client.addHostKeyVerifier(new OneKey(keys.host().getPublic()));
    client.setTimeout(0);
    client.getTransport().setTimeoutMs(TIMEOUT_MILLIS);
    // It has taken the transport's limit over already, which was the library's own until now.
    client.getConnection().setTimeoutMs(TIMEOUT_MILLIS);
    PipeSocket socket = new PipeSocket(processes.startConnected(tunnel, mark));
    client.setSocketFactory(new OneSocket(socket));
    // sshj waits for the first line without a limit, and a guest that has just died never sends it.
    CompletableFuture<Void> connected = new CompletableFuture<>();
    var _ =
        connected
            .orTimeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
            .whenComplete((_, timeout) -> {
              if (timeout != null) {
                socket.close();
              }
            });
    try {
      client.connect("guest");
      client.authPublickey("root", new KeyPairWrapper(keys.client()));
      connected.complete(null);
      return new GuestSession(client);
    } catch (IOException e) {
      socket.close();
      throw new IOException("cannot open the SSH connection to the guest: " + e.getMessage(), e);
    }
  }

  /** Whether the connection still stands. */
  public boolean isOpen() {
    return client.isConnected() && client.getTransport().isRunning();
  }

  /**
   * Starts {@code argv} in the initramfs. Every argument arrives as it is, whatever it holds; all
   * together may have 8 KiB.
   *
   * @throws IOException if the guest can't be reached
   */
  public GuestExec start(List<String> argv) throws IOException {
    Session session = client.startSession();
    try {
      return new SshExec(argv, session, session.exec("exec " + ShellWords.join(argv)));
    } catch (IOException e) {
      session.close();
      throw e;
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

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      // It is the end of it either way.
    }
  }

  /** What goes wrong is thrown as well; a guest that ends is no error of the worker's. */
  private static final class Silence implements LoggerFactory {
    @Override
    public Logger getLogger(String name) {
      return NOPLogger.NOP_LOGGER;
    }

    @Override
    public Logger getLogger(Class<?> type) {
      return NOPLogger.NOP_LOGGER;
    }
  }

  /** Knows a guest by the one key that was made for it. */
  private record OneKey(PublicKey expected) implements HostKeyVerifier {
    @Override
    public boolean verify(String host, int port, PublicKey key) {
      return Arrays.equals(expected.getEncoded(), key.getEncoded());
    }

    @Override
    public List<String> findExistingAlgorithms(String host, int port) {
      return List.of("ssh-ed25519");
    }
  }

  /** Gives away a connection that there is already. */
  private static final class OneSocket extends SocketFactory {
    private final Socket socket;

    OneSocket(Socket socket) {
      this.socket = socket;
    }

    @Override
    public Socket createSocket() {
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port, java.net.InetAddress local, int localPort) {
      return socket;
    }

    @Override
    public Socket createSocket(java.net.InetAddress host, int port) {
      return socket;
    }

    @Override
    public Socket createSocket(
        java.net.InetAddress host, int port, java.net.InetAddress local, int localPort) {
      return socket;
    }
  }
}
