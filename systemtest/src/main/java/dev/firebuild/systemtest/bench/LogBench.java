package dev.firebuild.systemtest.bench;

import dev.firebuild.systemtest.fake.StampedLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** From a worker's line of output to a reader of server-sent events. */
final class LogBench implements Benchmark {
  private static final int PER_SECOND = 5000;
  private static final int LINES = 20_000;
  private static final int MEBIBYTES = 96;
  private static final int CHUNK = 64 << 10;
  private static final String RAW_LINE = "raw produce → poll, a record per line";
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

  @Override
  public Result run(Effort effort) throws Exception {
    AtomicReference<Consumer<byte[]>> sink = new AtomicReference<>(_ -> {});
    try (Rig rig = Rig.start()) {
      Wire.Api api = rig.coordinator("c1").api();
      rig.worker("w1");
      try (RawLog raw = new RawLog(rig.kafka(), record -> give(sink, record))) {
        round(new Rounds(), api, raw, sink, effort);
        Rounds rounds = new Rounds();
        for (int round = 0; round < effort.rounds(); round++) {
          round(rounds, api, raw, sink, effort);
          rounds.next();
        }
        return new Result(
            List.of(
                rounds.compare(LINE, RAW_LINE, "ms", Target.atMost(1.3, 2)),
                rounds.compare(BYTES, RAW_BYTES, "MB/s", new Target.AtLeastTimes(0.8))),
            List.of(
                "lines begin in the worker's engine (a fake one), where those of a guest arrive"));
      }
    }
  }

  private static void give(
      AtomicReference<Consumer<byte[]>> sink, ConsumerRecord<byte[], byte[]> record) {
    sink.get().accept(record.value());
  }

  private static void round(
      Rounds rounds,
      Wire.Api api,
      RawLog raw,
      AtomicReference<Consumer<byte[]>> sink,
      Effort effort)
      throws Exception {
    int lines = effort.of(LINES);
    long bytes = (long) effort.of(MEBIBYTES) << 20;
    rawLines(rounds, raw, sink, lines);
    follow(
        api,
        "lines %d %d".formatted(PER_SECOND, lines),
        data -> {
          long now = System.nanoTime();
          for (long written : StampedLine.allWrittenAt(data)) {
            rounds.add(LINE, DispatchBench.millis(now - written));
          }
        });
    rawBytes(rounds, raw, sink, bytes);
    Stretch stretch = new Stretch();
    follow(
        api,
        "bytes " + (bytes >> 20),
        data -> {
          if (data.contains("at=")) {
            stretch.sees();
          }
        });
    rounds.add(BYTES, stretch.megabytesPerSecond(bytes));
  }

  /** From the first to the last piece. */
  private static final class Stretch {
    private long first;
    private long last;

    void sees() {
      last = System.nanoTime();
      first = first == 0 ? last : first;
    }

    double megabytesPerSecond(long bytes) {
      return bytes / 1e6 / ((last - first) / 1e9);
    }
  }

  private static void rawLines(
      Rounds rounds, RawLog raw, AtomicReference<Consumer<byte[]>> sink, int lines)
      throws InterruptedException {
    CountDownLatch left = new CountDownLatch(lines);
    sink.set(value -> {
      long now = System.nanoTime();
      for (long written : StampedLine.allWrittenAt(new String(value, StandardCharsets.US_ASCII))) {
        rounds.add(RAW_LINE, DispatchBench.millis(now - written));
        left.countDown();
      }
    });
    StampedLine.pour(PER_SECOND, lines, raw::send);
    left.await();
  }

  private static void rawBytes(
      Rounds rounds, RawLog raw, AtomicReference<Consumer<byte[]>> sink, long bytes)
      throws InterruptedException {
    int records = (int) (bytes / CHUNK);
    CountDownLatch left = new CountDownLatch(records);
    Stretch stretch = new Stretch();
    sink.set(_ -> {
      stretch.sees();
      left.countDown();
    });
    byte[] chunk = new byte[CHUNK];
    for (int i = 0; i < records; i++) {
      raw.send(chunk);
    }
    left.await();
    rounds.add(RAW_BYTES, stretch.megabytesPerSecond(bytes));
  }

  /** Has {@code what} built and reads its events to the end. */
  private static void follow(Wire.Api api, String what, Consumer<String> onData)
      throws IOException {
    try (Wire submit = new Wire(api);
        Wire wire = new Wire(api)) {
      String id = Requests.idOf(submit.post("/v1/builds", Requests.build(what)));
      BufferedReader frames =
          new BufferedReader(
              new InputStreamReader(
                  wire.follow("/v1/builds/%s/events".formatted(id)), StandardCharsets.UTF_8),
              256 << 10);
      frames.lines().filter(line -> line.startsWith("data:")).forEach(onData);
    }
  }
}
