package dev.firebuild.systemtest.bench;

import dev.firebuild.systemtest.fake.StampedLine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Many readers of one stream of events, of which some read nothing. All in one thread: what is
 * measured is the server.
 */
final class SseCrowd implements AutoCloseable {
  private static final int BUFFER = 256 << 10;

  private final Selector selector = Selector.open();
  private final List<SocketChannel> channels = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final int alive;
  private int begun;
  private int ended;

  /**
   * Opens {@code readers} connections that follow {@code path}; {@code dead} of them never read.
   */
  SseCrowd(Wire.Api api, String path, int readers, int dead) throws IOException {
    this.alive = readers - dead;
    byte[] request =
        "GET %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n"
            .formatted(path, api.token())
            .getBytes(StandardCharsets.US_ASCII);
    InetSocketAddress address = new InetSocketAddress(api.url().getHost(), api.url().getPort());
    for (int i = 0; i < readers; i++) {
      SocketChannel channel = SocketChannel.open(address);
      channels.add(channel);
      var _ = channel.write(ByteBuffer.wrap(request));
      channel.configureBlocking(false);
      if (i < alive) {
        channel.register(selector, SelectionKey.OP_READ, new Reader());
      }
    }
  }

  private static final class Reader {
    private boolean begun;
  }

  /** Reads until all living readers have the head of their answer. */
  void awaitBegin() throws IOException {
    while (begun < alive) {
      turn(_ -> {});
    }
  }

  /** Reads to the end of all; {@code onLine} gets the nanoseconds that each line took. */
  void readAll(LongConsumer onLine) throws IOException {
    while (ended < alive) {
      turn(onLine);
    }
  }

  private void turn(LongConsumer onLine) throws IOException {
    selector.select();
    for (SelectionKey key : selector.selectedKeys()) {
      read(key, onLine);
    }
    selector.selectedKeys().clear();
  }

  private void read(SelectionKey key, LongConsumer onLine) throws IOException {
    buffer.clear();
    int count = ((SocketChannel) key.channel()).read(buffer);
    long now = System.nanoTime();
    String text = count <= 0 ? "" : text();
    Reader reader = (Reader) key.attachment();
    if (!reader.begun && !text.isEmpty()) {
      reader.begun = true;
      begun++;
    }
    for (long written : StampedLine.allWrittenAt(text)) {
      onLine.accept(now - written);
    }
    // The last chunk of an answer, which may come alone, or its connection is gone.
    if (count < 0 || text.endsWith("0\r\n\r\n")) {
      ended++;
      key.cancel();
    }
  }

  private String text() {
    byte[] bytes = new byte[buffer.flip().remaining()];
    buffer.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    selector.close();
  }
}
