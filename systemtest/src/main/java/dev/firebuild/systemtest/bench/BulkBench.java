package dev.firebuild.systemtest.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Many requests in one POST, each a line. */
final class BulkBench implements Benchmark {
  private static final int REQUESTS = 2000;
  private static final int POSTS = 10;
  private static final int WARM_UP = 40;
  private static final String RAW = "raw asynchronous producer";
  private static final String BULK = "requests in a POST of 2 000 lines";

  @Override
  public String name() {
    return "bulk";
  }

  @Override
  public String about() {
    return "NDJSON POST beside a raw asynchronous producer";
  }

  @Override
  public Result run(Effort effort) throws Exception {
    int requests = effort.of(REQUESTS);
    String line = Requests.build("0");
    String body = (line + "\n").repeat(requests);
    try (Rig rig = Rig.start();
        RawLog raw = new RawLog(rig.kafka(), RawLog.AT_ONCE, _ -> {});
        Wire wire = new Wire(rig.coordinator("c1").api())) {
      Rounds warmUp = new Rounds();
      for (int i = 0; i < WARM_UP; i++) {
        post(warmUp, wire, body, requests);
        produce(warmUp, raw, line, requests);
      }
      Rounds rounds = new Rounds();
      for (int round = 0; round < effort.rounds(); round++) {
        for (int i = 0; i < POSTS; i++) {
          post(rounds, wire, body, requests);
          produce(rounds, raw, line, requests);
        }
        rounds.next();
      }
      return Result.of(rounds.compare(BULK, RAW, "/s", new Target.AtLeastTimes(0.3)));
    }
  }

  private static void post(Rounds rounds, Wire wire, String body, int requests) throws IOException {
    long start = System.nanoTime();
    Wire.Answer answer = wire.post("/v1/builds", "application/x-ndjson", body).require(200);
    double seconds = (System.nanoTime() - start) / 1e9;
    long accepted = answer.body().lines().filter(line -> line.contains("202")).count();
    if (accepted != requests) {
      throw new IllegalStateException(
          "%d of %d requests were accepted; the first answer: %s"
              .formatted(
                  accepted, requests, answer.body().lines().findFirst().orElse("(nothing)")));
    }
    rounds.add(BULK, requests / seconds);
  }

  private static void produce(Rounds rounds, RawLog raw, String line, int requests) {
    byte[] value = line.getBytes(StandardCharsets.UTF_8);
    long start = System.nanoTime();
    for (int i = 0; i < requests; i++) {
      raw.send(value);
    }
    raw.flush();
    rounds.add(RAW, requests / ((System.nanoTime() - start) / 1e9));
  }
}
