package dev.firebuild.systemtest.bench;

import dev.firebuild.systemtest.harness.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Durable submissions: how long one takes, and how many many clients get through. */
final class SubmitBench implements Benchmark {
  private static final int SAMPLES = 400;
  private static final int WARM_UP = 3000;
  private static final int CLIENTS = 128;
  private static final long STRETCH_MILLIS = 2500;
  private static final String RAW = "raw send().get()";
  private static final String NO_KAFKA = "the same handler without Kafka";
  private static final String ONE = "POST → 202, one client";
  private static final String MANY = "submissions, 128 clients";
  private static final String BODY = Requests.build("0");

  @Override
  public String name() {
    return "submit";
  }

  @Override
  public String about() {
    return "POST → 202, one client and 128";
  }

  @Override
  public Result run(Effort effort) throws Exception {
    try (Rig rig = Rig.start()) {
      Wire.Api durable = rig.coordinator("c1").api();
      Wire.Api bare = withoutKafka(rig);
      try (RawLog raw = new RawLog(rig.kafka(), RawLog.AT_ONCE, _ -> {});
          Wire wire = new Wire(durable)) {
        one(new Rounds(), wire, raw, effort.of(WARM_UP));
        many(new Rounds(), durable, bare, effort);
        Rounds rounds = new Rounds();
        for (int round = 0; round < effort.rounds(); round++) {
          one(rounds, wire, raw, effort.of(SAMPLES));
          many(rounds, durable, bare, effort);
          rounds.next();
        }
        return Result.of(
            rounds.compare(ONE, RAW, "ms", Target.atMost(1.5)),
            rounds.compare(MANY, NO_KAFKA, "/s", new Target.AtLeastTimes(0.45)));
      }
    }
  }

  private static Wire.Api withoutKafka(Rig rig) throws IOException, InterruptedException {
    int port = FreePorts.one();
    rig.child(
        HandlerWithoutKafka.class,
        "bare",
        HandlerWithoutKafka.READY,
        List.of(String.valueOf(port), Rig.token(), rig.folder().resolve("bare").toString()));
    return new Wire.Api(URI.create("http://127.0.0.1:" + port), Rig.token());
  }

  private static void one(Rounds rounds, Wire wire, RawLog raw, int samples) throws Exception {
    byte[] record = BODY.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < samples; i++) {
      long start = System.nanoTime();
      raw.sendAndWait(record);
      rounds.add(RAW, DispatchBench.millis(System.nanoTime() - start));
      start = System.nanoTime();
      wire.post("/v1/builds", BODY).require(202);
      rounds.add(ONE, DispatchBench.millis(System.nanoTime() - start));
    }
  }

  private static void many(Rounds rounds, Wire.Api durable, Wire.Api bare, Effort effort)
      throws Exception {
    rounds.add(NO_KAFKA, perSecond(bare, effort));
    rounds.add(MANY, perSecond(durable, effort));
  }

  private static double perSecond(Wire.Api api, Effort effort) throws Exception {
    long start = System.nanoTime();
    long end = start + effort.of((int) STRETCH_MILLIS) * 1_000_000L;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(threads.submit(() -> submitUntil(api, end)));
      }
      int all = 0;
      for (Future<Integer> client : clients) {
        all += client.get();
      }
      return all / ((System.nanoTime() - start) / 1e9);
    }
  }

  private static int submitUntil(Wire.Api api, long end) throws IOException {
    try (Wire wire = new Wire(api)) {
      int count = 0;
      while (System.nanoTime() < end) {
        wire.post("/v1/builds", BODY).require(202);
        count++;
      }
      return count;
    }
  }
}
