package dev.firebuild.worker.guest;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;

/**
 * A connection that a process makes for us: it reaches where this process does not, a machine's own
 * network namespace.
 */
final class PipeSocket extends Socket {
  private final Process process;

  PipeSocket(Process process) {
    this.process = process;
  }

  @Override
  public InputStream getInputStream() {
    return process.getInputStream();
  }

  @Override
  public OutputStream getOutputStream() {
    return process.getOutputStream();
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) {
    // The process is connected by its command line.
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public void setSoTimeout(int timeout) {
    // Reading ends with the process.
  }

  @Override
  public synchronized void close() {
    process.destroyForcibly();
  }
}
