package dev.firebuild.worker.vmm.qemu;

import dev.firebuild.worker.host.Waiting;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Unix socket that QEMU listens on. */
final class ControlSocket {
  /** A socket's file is there a moment before somebody listens on it. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private ControlSocket() {}

  static SocketChannel open(Path socket) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
    List<SocketChannel> opened = new ArrayList<>();
    List<IOException> failed = new ArrayList<>();
    Waiting.until(
        PATIENCE,
        () -> {
          try {
            opened.add(SocketChannel.open(address));
            return true;
          } catch (ConnectException e) {
            failed.add(e);
            return false;
          } catch (IOException e) {
            failed.add(e);
            return true;
          }
        });
    if (opened.isEmpty()) {
      throw new IOException("cannot connect to %s".formatted(socket), failed.getLast());
    }
    return opened.getFirst();
  }
}
