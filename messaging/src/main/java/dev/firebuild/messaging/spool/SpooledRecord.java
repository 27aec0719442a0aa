package dev.firebuild.messaging.spool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** A record with key and value that will go to Kafka, as bytes: topic, key, value, headers. */
public final class SpooledRecord {
  private static final byte VERSION = 1;

  private SpooledRecord() {}

  public static byte[] encode(ProducerRecord<String, byte[]> record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(record.value().length + 512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      write(out, record.topic().getBytes(StandardCharsets.UTF_8));
      write(out, record.key().getBytes(StandardCharsets.UTF_8));
      write(out, record.value());
      Header[] headers = record.headers().toArray();
      out.writeInt(headers.length);
      for (Header header : headers) {
        write(out, header.key().getBytes(StandardCharsets.UTF_8));
        write(out, header.value());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing into memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /** Throws {@link IOException} for what {@link #encode} of this version has not made. */
  public static ProducerRecord<String, byte[]> decode(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte version = in.readByte();
      if (version != VERSION) {
        throw new IOException("the record is of the unknown version " + version);
      }
      ProducerRecord<String, byte[]> record = new ProducerRecord<>(text(in), text(in), read(in));
      int headers = in.readInt();
      for (int i = 0; i < headers; i++) {
        record.headers().add(text(in), read(in));
      }
      return record;
    }
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(read(in), StandardCharsets.UTF_8);
  }

  private static byte[] read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("the record is cut off");
    }
    return in.readNBytes(length);
  }
}
