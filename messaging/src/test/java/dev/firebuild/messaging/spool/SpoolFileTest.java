package dev.firebuild.messaging.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolFileTest {
  private static final int SEGMENT = 400;

  @TempDir Path dir;

  @Test
  void whereverAProcessWasKilledABeginningIsLeft() throws IOException {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      Path folder = dir.resolve("cut-" + seed);
      List<byte[]> written = write(folder, random);
      // When it is killed while it writes: what it wrote last is there in part, or is rubbish
      damageEnd(folder, random);
      // Then
      List<byte[]> found = read(folder);
      assertThat(found.size()).as("seed %d", seed).isLessThanOrEqualTo(written.size());
      assertThat(numbers(found)).as("seed %d", seed).isEqualTo(upTo(found.size()));
      // And what comes after it follows it, also after another crash
      try (SpoolFile spool = SpoolFile.open(folder, SEGMENT, (_, _) -> {})) {
        spool.append(record(found.size(), random));
      }
      assertThat(numbers(read(folder))).as("seed %d", seed).isEqualTo(upTo(found.size() + 1));
    }
  }

  @Test
  void oneFlippedBitEndsWhatIsLeft() throws IOException {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      Path folder = dir.resolve("bit-" + seed);
      List<byte[]> written = write(folder, random);
      List<Path> files = files(folder);
      Path file = files.get(random.nextInt(files.size()));
      byte[] bytes = Files.readAllBytes(file);
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bytes);
      // Then it is a beginning, and not the whole
      List<Integer> found = numbers(read(folder));
      assertThat(found).as("seed %d", seed).isEqualTo(upTo(found.size()));
      assertThat(found.size()).as("seed %d", seed).isLessThan(written.size());
    }
  }

  @Test
  void aMissingSegmentHidesWhatFollows() throws IOException {
    Path folder = dir.resolve("missing");
    write(folder, new Random(1));
    List<Path> files = files(folder);
    Files.delete(files.get(1));
    int first = recordsIn(files.getFirst());
    assertThat(numbers(read(folder))).isEqualTo(upTo(first));
    assertThat(files(folder)).hasSize(1);
  }

  @Test
  void recordsAreReadWhereTheyLieUntilTheirSegmentIsRemoved() throws IOException {
    Path folder = dir.resolve("places");
    List<SpoolFile.Place> places = new ArrayList<>();
    try (SpoolFile spool = SpoolFile.open(folder, SEGMENT, (_, _) -> {})) {
      for (int i = 0; i < 40; i++) {
        places.add(spool.append(record(i, new Random(i))));
      }
      for (int i = 0; i < 40; i++) {
        assertThat(number(spool.read(places.get(i)))).isEqualTo(i);
      }
      // When those before the twentieth are done
      spool.removeBefore(places.get(20).segment());
      // Then they are gone, and the others are not
      assertThatThrownBy(() -> spool.read(places.getFirst())).isInstanceOf(IOException.class);
      assertThat(number(spool.read(places.get(20)))).isEqualTo(20);
      spool.clear();
      assertThat(files(folder)).isEmpty();
      assertThat(number(spool.read(spool.append(record(7, new Random(7)))))).isEqualTo(7);
    }
  }

  @Test
  void aThreadThatIsInterruptedWritesAllTheSame() throws IOException {
    try (SpoolFile spool = SpoolFile.open(dir.resolve("i"), SEGMENT, (_, _) -> {})) {
      Thread.currentThread().interrupt();
      SpoolFile.Place place = spool.append(record(3, new Random(3)));
      assertThat(number(spool.read(place))).isEqualTo(3);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static List<byte[]> write(Path folder, Random random) throws IOException {
    List<byte[]> written = new ArrayList<>();
    try (SpoolFile spool = SpoolFile.open(folder, SEGMENT, (_, _) -> {})) {
      int count = 20 + random.nextInt(40);
      for (int i = 0; i < count; i++) {
        byte[] record = record(i, random);
        spool.append(record);
        written.add(record);
      }
    }
    return written;
  }

  private static void damageEnd(Path folder, Random random) throws IOException {
    Path last = files(folder).getLast();
    byte[] bytes = Files.readAllBytes(last);
    int kept = random.nextInt(bytes.length + 1);
    byte[] rest = new byte[random.nextInt(3) * random.nextInt(100)];
    if (random.nextBoolean()) {
      random.nextBytes(rest);
    }
    Files.write(
        last, ByteBuffer.allocate(kept + rest.length).put(bytes, 0, kept).put(rest).array());
  }

  private static List<byte[]> read(Path folder) throws IOException {
    List<byte[]> found = new ArrayList<>();
    SpoolFile.open(folder, SEGMENT, (_, record) -> found.add(record)).close();
    return found;
  }

  private static int recordsIn(Path segment) {
    ByteBuffer bytes;
    try {
      bytes = ByteBuffer.wrap(Files.readAllBytes(segment));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    int count = 0;
    while (bytes.hasRemaining()) {
      int length = bytes.getInt();
      bytes.position(bytes.position() + Integer.BYTES + length);
      count++;
    }
    return count;
  }

  private static byte[] record(int number, Random random) {
    return ByteBuffer.allocate(4 + random.nextInt(120)).putInt(number).array();
  }

  private static int number(byte[] record) {
    return ByteBuffer.wrap(record).getInt();
  }

  private static List<Integer> numbers(List<byte[]> records) {
    return records.stream().map(SpoolFileTest::number).toList();
  }

  private static List<Integer> upTo(int count) {
    return Stream.iterate(0, i -> i + 1).limit(count).toList();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
