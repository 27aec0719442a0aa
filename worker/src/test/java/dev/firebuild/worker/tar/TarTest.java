package dev.firebuild.worker.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;

class TarTest {
  private static final SortedMap<String, String> ATTRIBUTES =
      new TreeMap<>(
          Map.of(
              "security.capability",
              "\1\0\0\2\0 \0\0\0\0\0\0\0\0\0\0\0\0\0\377",
              "user.equals",
              "a=b\n",
              "user.long",
              "y".repeat(960)));

  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

  @Test
  void whatIsWrittenIsRead() throws IOException {
    // Given
    List<TarEntry> entries =
        List.of(
            TarEntry.directory("d", 01777, 5),
            new TarEntry("d/f", TarEntry.Type.FILE, 04755, 3_000_000, 7, 7, "", 0, 0, 9L << 33),
            TarEntry.symlink("é/" + "long".repeat(200), "target".repeat(100), 1),
            TarEntry.hardLink("h", "d/f", 0644, 1),
            new TarEntry("c", TarEntry.Type.CHARACTER, 0600, 0, 0, 0, "", 5, 1, 0),
            new TarEntry("p", TarEntry.Type.FIFO, 0600, 0, 0, 0, "", 0, 0, 0),
            TarEntry.directory("x".repeat(200), 0755, 0).withAttributes(ATTRIBUTES));

    // When
    byte[] tar = write(entries);

    // Then
    assertThat(readAll(tar)).isEqualTo(entries);
  }

  @Test
  void anotherReaderUnderstandsExtendedAttributes() throws IOException {
    // Given
    byte[] tar = write(List.of(TarEntry.file("f", 0755, 0, 0).withAttributes(ATTRIBUTES)));

    // When
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(new ByteArrayInputStream(tar), "ISO-8859-1")) {
      // Then
      assertThat(in.getNextEntry().getExtraPaxHeaders())
          .containsKeys("SCHILY.xattr.security.capability", "SCHILY.xattr.user.long")
          .containsEntry("SCHILY.xattr.user.equals", "a=b\n");
    }
  }

  @Test
  void attributesOfOneMemberCannotFillTheMemory() throws IOException {
    // Given extended headers without end, each below the limit
    byte[] header = "600000 SCHILY.xattr.user.x=".getBytes(StandardCharsets.UTF_8);
    byte[] records = java.util.Arrays.copyOf(header, 600_000);
    java.util.Arrays.fill(records, header.length, records.length - 1, (byte) 'x');
    records[records.length - 1] = '\n';
    byte[] pax = withPax(new String(records, StandardCharsets.UTF_8));
    int one = 512 + records.length + TarHeader.padding(records.length);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.write(pax, 0, one);
    tar.write(pax, 0, one);

    // Then
    assertThatThrownBy(() -> readAll(tar.toByteArray())).hasMessageContaining("larger than 1 MiB");
  }

  @Test
  void anotherReaderUnderstandsTheArchive() throws IOException {
    // Given
    byte[] tar =
        write(
            List.of(
                TarEntry.directory("dir", 0755, 0),
                TarEntry.file("dir/" + "n".repeat(150), 0640, CONTENT.length, 77)));

    // When
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8")) {
      TarArchiveEntry directory = in.getNextEntry();
      TarArchiveEntry file = in.getNextEntry();

      // Then
      assertThat(directory.isDirectory()).isTrue();
      assertThat(file.getName()).isEqualTo("dir/" + "n".repeat(150));
      assertThat(file.getMode()).isEqualTo(0640);
      assertThat(in.readAllBytes()).isEqualTo(CONTENT);
      assertThat(in.getNextEntry()).isNull();
    }
  }

  @Test
  void paxHeadersOfAnotherWriterAreRead() throws IOException {
    // Given
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String name = "ünïcode/" + "x".repeat(300);
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8")) {
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      out.setAddPaxHeadersForNonAsciiNames(true);
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(CONTENT.length);
      entry.setUserId(5_000_000_000L);
      entry.addPaxHeader("SCHILY.xattr.user.note", "x");
      out.putArchiveEntry(entry);
      out.write(CONTENT);
      out.closeArchiveEntry();
    }

    // When
    try (TarReader reader = reader(bytes.toByteArray())) {
      TarEntry entry = reader.next().orElseThrow();

      // Then
      assertThat(entry.path()).isEqualTo(name);
      assertThat(entry.uid()).isEqualTo(5_000_000_000L);
      assertThat(reader.content().readAllBytes()).isEqualTo(CONTENT);
      assertThat(entry.attributes()).isEqualTo(Map.of("user.note", "x"));
      assertThat(reader.next()).isEmpty();
    }
  }

  @Test
  void contentLiesWhereTheReaderSays() throws IOException {
    // Given
    byte[] tar =
        write(
            List.of(
                TarEntry.directory("d".repeat(120), 0755, 0),
                TarEntry.file("f", 0644, CONTENT.length, 0)));

    // When
    try (TarReader reader = reader(tar)) {
      reader.next();
      reader.next();
      int offset = Math.toIntExact(reader.contentOffset());

      // Then
      assertThat(java.util.Arrays.copyOfRange(tar, offset, offset + CONTENT.length))
          .isEqualTo(CONTENT);
    }
  }

  @Test
  void bytesThatAreNoTarAreRefused() {
    assertThatThrownBy(() -> readAll(new byte[] {1, 2, 3}))
        .isInstanceOf(TarFormatException.class)
        .hasMessageContaining("ends in the middle of a header");
    assertThatThrownBy(() -> readAll("x".repeat(1024).getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(TarFormatException.class);
  }

  @Test
  void anArchiveThatEndsTooEarlyIsRefused() throws IOException {
    // Given
    byte[] tar = write(List.of(TarEntry.file("f", 0644, CONTENT.length, 0)));

    // When the padding behind the content is missing
    byte[] cut = java.util.Arrays.copyOf(tar, 512 + 3);

    // Then
    assertThatThrownBy(() -> readAll(cut)).isInstanceOf(IOException.class);
  }

  @Test
  void anExtendedHeaderCannotFillTheMemory() throws IOException {
    // Given a long name of 1 GiB, as the header says
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(bytes, StandardCharsets.UTF_8)) {
      writer.writeHeader(TarEntry.file("././@LongLink", 0, 1 << 30, 0));
    }
    byte[] header = bytes.toByteArray();
    header[TarHeader.TYPE_FLAG] = 'L';
    byte[] sum = "%06o\0 ".formatted(TarHeader.checksum(header)).getBytes(StandardCharsets.UTF_8);
    TarHeader.putBytes(header, TarHeader.CHECKSUM, sum);

    // Then
    assertThatThrownBy(() -> readAll(header))
        .isInstanceOf(TarFormatException.class)
        .hasMessageContaining("larger than 1 MiB");
  }

  @Test
  void malformedPaxRecordsAreRefused() throws IOException {
    for (String records :
        List.of("99 path=x\n", "x", "5 a\n", "10path=ab\n", "12 size=-100\n", "0 a=b\n")) {
      assertThatThrownBy(() -> readAll(withPax(records)))
          .as(records)
          .isInstanceOf(TarFormatException.class);
    }
  }

  @Test
  void malformedSparseMembersAreRefused() throws IOException {
    byte[] beyond = write(List.of(TarEntry.file("f", 0644, CONTENT.length, 0)));
    beyond[TarHeader.TYPE_FLAG] = 'S';
    TarHeader.putNumber(beyond, new TarHeader.Field(386, 12), 1);
    TarHeader.putNumber(beyond, new TarHeader.Field(398, 12), CONTENT.length);
    TarHeader.putNumber(beyond, new TarHeader.Field(483, 12), CONTENT.length);
    byte[] sum = "%06o\0 ".formatted(TarHeader.checksum(beyond)).getBytes(StandardCharsets.UTF_8);
    TarHeader.putBytes(beyond, TarHeader.CHECKSUM, sum);
    String noMap = "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n25 GNU.sparse.realsize=9\n";

    for (byte[] tar : List.of(beyond, withPax("22 GNU.sparse.major=1\n"), withPax(noMap))) {
      assertThatThrownBy(() -> readAll(tar)).isInstanceOf(TarFormatException.class);
    }
    assertThatThrownBy(() -> readAll(withPax("20 GNU.sparse.map=0\n")))
        .hasMessageContaining("--sparse-version=1.0");
  }

  @Test
  void namesThatAreNotUtf8SurviveAsBytes() throws IOException {
    // Given
    TarEntry entry = TarEntry.file("caf\u00e9", 0644, 0, 0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(bytes, StandardCharsets.ISO_8859_1)) {
      writer.write(entry);
      writer.finish();
    }

    // When
    try (TarReader latin =
        new TarReader(new ByteArrayInputStream(bytes.toByteArray()), StandardCharsets.ISO_8859_1)) {
      // Then
      assertThat(latin.next()).contains(entry);
    }
    assertThatThrownBy(() -> readAll(bytes.toByteArray())).hasMessageContaining("not UTF-8");
  }

  private static byte[] withPax(String records) throws IOException {
    byte[] content = records.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(bytes, StandardCharsets.UTF_8)) {
      writer.write(TarEntry.file("pax", 0, content.length, 0), content);
      writer.write(TarEntry.file("f", 0, 0, 0));
      writer.finish();
    }
    byte[] tar = bytes.toByteArray();
    tar[TarHeader.TYPE_FLAG] = 'x';
    byte[] sum = "%06o\0 ".formatted(TarHeader.checksum(tar)).getBytes(StandardCharsets.UTF_8);
    TarHeader.putBytes(tar, TarHeader.CHECKSUM, sum);
    return tar;
  }

  private static byte[] write(List<TarEntry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(bytes, StandardCharsets.UTF_8)) {
      for (TarEntry entry : entries) {
        if (entry.size() == 0) {
          writer.write(entry);
        } else {
          writer.write(entry, new ByteArrayInputStream(CONTENT));
        }
      }
      writer.finish();
    }
    return bytes.toByteArray();
  }

  private static List<TarEntry> readAll(byte[] tar) throws IOException {
    List<TarEntry> entries = new ArrayList<>();
    try (TarReader reader = reader(tar)) {
      for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
        entries.add(next.get());
      }
    }
    return entries;
  }

  private static TarReader reader(byte[] tar) {
    return new TarReader(new ByteArrayInputStream(tar), StandardCharsets.UTF_8);
  }
}
