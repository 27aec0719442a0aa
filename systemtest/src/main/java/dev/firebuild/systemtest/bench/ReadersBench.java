package dev.firebuild.systemtest.bench;

/** One reader of a build beside a thousand, of which some read nothing. */
final class ReadersBench implements Benchmark {
  private static final int READERS = 1000;
  private static final int DEAD = 5;

  /** Seldom enough that a line has reached all before the next one comes. */
  private static final int PER_SECOND = 10;

  private static final int LINES = 40;
  private static final String MANY = "line → 1 000 SSE readers, 5 dead";
  private static final String ONE = "one reader";

  @Override
  public String name() {
    return "readers";
  }

  @Override
  public String about() {
    return "1 000 readers of one build, 5 of them dead, beside one";
  }

  @Override
  public Result run(Effort effort) throws Exception {
    try (Rig rig = Rig.start()) {
      Wire.Api api = rig.coordinator("c1").api();
      rig.worker("w1");
      follow(new Rounds(), api, ONE, 1, 0, effort.of(2 * LINES));
      follow(new Rounds(), api, MANY, READERS, DEAD, effort.of(2 * LINES));
      Rounds rounds = new Rounds();
      for (int round = 0; round < effort.rounds(); round++) {
        follow(rounds, api, ONE, 1, 0, effort.of(LINES));
        follow(rounds, api, MANY, READERS, DEAD, effort.of(LINES));
        rounds.next();
      }
      return Result.of(rounds.compare(MANY, ONE, "ms", Target.atMost(2)));
    }
  }

  private static void follow(
      Rounds rounds, Wire.Api api, String series, int readers, int dead, int lines)
      throws Exception {
    try (Wire wire = new Wire(api)) {
      // Both slots are taken, so that the measured build waits until its readers are there.
      String first = hold(wire);
      String second = hold(wire);
      String id =
          Requests.idOf(
              wire.post("/v1/builds", Requests.build("lines %d %d".formatted(PER_SECOND, lines))));
      try (SseCrowd crowd =
          new SseCrowd(api, "/v1/builds/%s/events".formatted(id), readers, dead)) {
        crowd.awaitBegin();
        wire.post("/v1/builds/%s/cancel".formatted(first), "{}").require(202);
        wire.post("/v1/builds/%s/cancel".formatted(second), "{}").require(202);
        crowd.readAll(nanos -> rounds.add(series, DispatchBench.millis(nanos)));
      }
    }
  }

  private static String hold(Wire wire) throws Exception {
    String id = Requests.idOf(wire.post("/v1/builds", Requests.build("600000")));
    while (!wire.get("/v1/builds/" + id).require(200).body().contains("\"phase\":\"running\"")) {
      Thread.sleep(10);
    }
    return id;
  }
}
