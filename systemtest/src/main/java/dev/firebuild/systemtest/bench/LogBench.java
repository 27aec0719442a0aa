package dev.firebuild.systemtest.bench;

import dev.firebuild.systemtest.fake.StampedLine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** From a worker's line of output to a reader of server-sent events. */
final class LogBench implements Benchmark {
  private static final int PER_SECOND = 5000;
  private static final int LINES = 15_000;
  private static final int MEBIBYTES = 96;
  private static final int CHUNK = 64 << 10;

  /** That of Kafka's producer, unless it is told otherwise; a line may wait as long in a worker. */
  private static final int WINDOW_MILLIS = 5;

  private static final String RAW_LINE = "raw produce (linger 5 ms) → poll, a record per line";
  private static final String RAW_AT_ONCE = "raw produce (linger 0) → poll, a record per line";
  private static final String RAW_BYTES = "raw produce → poll, records of 64 KiB";
  private static final String LINE = "line → SSE, 5 000 lines/s";
  private static final String BYTES = "log bytes to an SSE client";

  @Override
  public String name() {
    return "log";
  }

  @Override
  public String about() {
    return "a worker's line → SSE client, and bytes per second";
  }

  /** A raw log and who takes its records now. */
  private record Raw(RawLog log, AtomicReference<Consumer<byte[]>> sink) implements AutoCloseable {
    static Raw open(Rig rig, int lingerMillis) throws Exception {
      AtomicReference<Consumer<byte[]>> sink = new AtomicReference<>(_ -> {});
      return new Raw(
          new RawLog(rig.kafka(), lingerMillis, record -> sink.get().accept(record.value())), sink);
    }

    @Override
    public void close() {
      log.close();
    }
  }

  @Override
  public Result run(Effort effort) throws Exception {
    try (Rig rig = Rig.start()) {
      Wire.Api api = rig.coordinator("c1").api();
      rig.worker("w1");
      round(new Rounds(), rig, api, effort);
      Rounds rounds = new Rounds();
      for (int round = 0; round < effort.rounds(); round++) {
        round(rounds, rig, api, effort);
        rounds.next();
      }
      return new Result(
          List.of(
              rounds.compare(LINE, RAW_LINE, "ms", Target.atMost(1.3, 2)),
              rounds.compare(LINE, RAW_AT_ONCE, "ms", Target.none()),
              rounds.compare(BYTES, RAW_BYTES, "MB/s", new Target.AtLeastTimes(0.8))),
          List.of(
              "lines begin in the worker's engine (a fake one), where those of a guest arrive"));
    }
  }

  private static void round(Rounds rounds, Rig rig, Wire.Api api, Effort effort) throws Exception {
    int lines = effort.of(LINES);
    try (Raw raw = Raw.open(rig, WINDOW_MILLIS)) {
      rawLines(rounds, RAW_LINE, raw, lines);
    }
    follow(
        api,
        "lines %d %d".formatted(PER_SECOND, lines),
        (bytes, count) -> {
          long now = System.nanoTime();
          String text = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
          for (long written : StampedLine.allWrittenAt(text)) {
            rounds.add(LINE, DispatchBench.millis(now - written));
          }
        });
    long bytes = (long) effort.of(MEBIBYTES) << 20;
    try (Raw raw = Raw.open(rig, RawLog.AT_ONCE)) {
      rawLines(rounds, RAW_AT_ONCE, raw, lines);
      rawBytes(rounds, raw, bytes);
    }
    Stretch stretch = new Stretch();
    follow(api, "bytes " + (bytes >> 20), (_, count) -> stretch.sees(count));
    rounds.add(BYTES, stretch.megabytesPerSecond(bytes));
  }

  /** From the first to the last large piece: what is said before and after is small. */
  private static final class Stretch {
    private static final int LARGE = 2000;

    private long first;
    private long last;

    void sees(int count) {
      if (count >= LARGE) {
        last = System.nanoTime();
        first = first == 0 ? last : first;
      }
    }

    double megabytesPerSecond(long bytes) {
      return bytes / 1e6 / ((last - first) / 1e9);
    }
  }

  private static void rawLines(Rounds rounds, String series, Raw raw, int lines)
      throws InterruptedException {
    CountDownLatch left = new CountDownLatch(lines);
    raw.sink()
        .set(value -> {
          long now = System.nanoTime();
          String text = new String(value, StandardCharsets.US_ASCII);
          for (long written : StampedLine.allWrittenAt(text)) {
            rounds.add(series, DispatchBench.millis(now - written));
          }
          left.countDown();
        });
    StampedLine.pour(PER_SECOND, lines, raw.log()::send);
    left.await();
  }

  private static void rawBytes(Rounds rounds, Raw raw, long bytes) throws InterruptedException {
    int records = (int) (bytes / CHUNK);
    CountDownLatch left = new CountDownLatch(records);
    Stretch stretch = new Stretch();
    raw.sink()
        .set(value -> {
          stretch.sees(value.length);
          left.countDown();
        });
    byte[] chunk = new byte[CHUNK];
    for (int i = 0; i < records; i++) {
      raw.log().send(chunk);
    }
    left.await();
    rounds.add(RAW_BYTES, stretch.megabytesPerSecond(bytes));
  }

  /** What is called with each piece of a stream as it comes. */
  @FunctionalInterface
  private interface Pieces {
    void on(byte[] bytes, int count);
  }

  /** Has {@code what} built and reads its events to the end. */
  private static void follow(Wire.Api api, String what, Pieces pieces) throws IOException {
    try (Wire submit = new Wire(api);
        Wire wire = new Wire(api)) {
      String id = Requests.idOf(submit.post("/v1/builds", Requests.build(what)));
      try (InputStream frames = wire.follow("/v1/builds/%s/events".formatted(id))) {
        byte[] buffer = new byte[CHUNK];
        for (int count = frames.read(buffer); count >= 0; count = frames.read(buffer)) {
          pieces.on(buffer, count);
        }
      }
    }
  }
}
