package dev.firebuild.worker.guest;

import java.io.IOException;
import java.net.Socket;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
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

/** One SSH connection, for one program at a time. */
final class SshLink implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final SSHClient client;

  private SshLink(SSHClient client) {
    this.client = client;
  }

  /**
   * Connects.
   *
   * @param tunnel its standard input and output lead to the guest's SSH server
   * @param keys of this machine: a guest that has another key is refused
   */
  static SshLink connect(Process tunnel, GuestKeys keys) throws IOException {
    DefaultConfig config = new DefaultConfig();
    config.setLoggerFactory(new Silence());
    SSHClient client = new SSHClient(config);
    client.addHostKeyVerifier(new OneKey(keys.host().getPublic()));
    client.setTimeout(0);
    client.getTransport().setTimeoutMs(TIMEOUT_MILLIS);
    // It has taken the transport's limit over already, which was the library's own until now.
    client.getConnection().setTimeoutMs(TIMEOUT_MILLIS);
    PipeSocket socket = new PipeSocket(tunnel);
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
      return new SshLink(client);
    } catch (IOException e) {
      socket.close();
      throw new IOException("cannot open the SSH connection to the guest: " + e.getMessage(), e);
    }
  }

  /** Whether the connection still stands. */
  boolean isOpen() {
    return client.isConnected() && client.getTransport().isRunning();
  }

  /** Starts {@code argv}; the one before has ended. */
  Session.Command exec(List<String> argv) throws IOException {
    return client.startSession().exec("exec " + ShellWords.join(argv));
  }

  /** Ends the connection, and with it the channel of a program that runs. */
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
