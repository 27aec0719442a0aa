package dev.firebuild.systemtest.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One kept connection to a coordinator, as thin as a client can be: what is measured is the server.
 * For one thread.
 */
final class Wire implements AutoCloseable {
  private static final int BUFFER = 64 << 10;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final Api api;

  /** Where the API is, and its token. */
  record Api(URI url, String token) {}

  /**
   * An answer.
   *
   * @param body of an answer of known length
   */
  record Answer(int status, String body) {
    Answer require(int expected) {
      if (status != expected) {
        throw new IllegalStateException("answered with %d: %s".formatted(status, body));
      }
      return this;
    }
  }

  Wire(Api api) throws IOException {
    this.api = api;
    this.socket = new Socket(InetAddress.getByName(api.url().getHost()), api.url().getPort());
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    this.out = socket.getOutputStream();
  }

  /**
   * Sends JSON over a connection of its own: for requests between which so much time passes that
   * the coordinator would close one that is kept.
   */
  static Answer postOnce(Api api, String path, String json) throws IOException {
    try (Wire wire = new Wire(api)) {
      return wire.post(path, json);
    }
  }

  /** Sends JSON and waits for the answer. */
  Answer post(String path, String json) throws IOException {
    return post(path, "application/json", json);
  }

  Answer post(String path, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        head(
            "POST",
            path,
            "Content-Type: %s\r\nContent-Length: %d\r\n".formatted(type, bytes.length));
    byte[] all = new byte[head.length + bytes.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(bytes, 0, all, head.length, bytes.length);
    out.write(all);
    return answer();
  }

  Answer get(String path) throws IOException {
    out.write(head("GET", path, ""));
    return answer();
  }

  /** Begins to follow {@code path} as server-sent events; the bytes of the frames. */
  InputStream follow(String path) throws IOException {
    out.write(head("GET", path, "Accept: text/event-stream\r\n"));
    Head head = readHead();
    if (head.status() != 200 || !head.chunked()) {
      throw new IllegalStateException("%s: answered with %d".formatted(path, head.status()));
    }
    return new ChunkedInput(in);
  }

  private byte[] head(String method, String path, String more) {
    return "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%s\r\n"
        .formatted(method, path, api.url().getAuthority(), api.token(), more)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private record Head(int status, int length, boolean chunked) {}

  private Answer answer() throws IOException {
    Head head = readHead();
    byte[] body =
        head.chunked() ? new ChunkedInput(in).readAllBytes() : in.readNBytes(head.length());
    return new Answer(head.status(), new String(body, StandardCharsets.UTF_8));
  }

  private Head readHead() throws IOException {
    int status = Integer.parseInt(line(in).split(" ", -1)[1]);
    int length = 0;
    boolean chunked = false;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
      chunked |= header.startsWith("transfer-encoding:") && header.contains("chunked");
    }
    return new Head(status, length, chunked);
  }

  /** A line without its end. */
  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server has closed the connection");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
