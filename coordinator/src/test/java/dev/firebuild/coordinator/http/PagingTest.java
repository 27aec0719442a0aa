package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.WorkerDocument;
import dev.firebuild.protocol.event.ImageSummary;
import dev.firebuild.protocol.event.WorkerEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.request.Source;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Lists in pages, and their filters. */
class PagingTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Digest DIGEST = new Digest("sha256:" + "a".repeat(64));
  private static final Pattern LINK = Pattern.compile("<([^>]+)>; rel=\"next\"");

  @TempDir Path folder;
  private ApiFixture api;

  @BeforeEach
  void start() throws Exception {
    api = new ApiFixture(folder);
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
  }

  @Test
  void linkAndNextLeadThroughAllPagesNewestFirst() throws Exception {
    IntStream.range(0, 5).forEach(i -> build("b" + i, "demo/app:1", NOW.plusMillis(i / 2)));

    HttpResponse<String> first = api.get("/v1/builds?limit=2&tag=demo/app&phase=queued,running");

    JsonNode page = Json.mapper().readTree(first.body());
    assertThat(ids(page)).containsExactly("b4", "b2");
    String next = page.path("next").asString();
    assertThat(link(first))
        .contains("/v1/builds?limit=2&phase=queued%2Crunning&tag=demo%2Fapp&after=" + next);
    assertThat(walk("/v1/builds?limit=2&tag=demo/app"))
        .containsExactly(List.of("b4", "b2"), List.of("b3", "b0"), List.of("b1"));
  }

  @Test
  void theLastPageHasNoNext() throws Exception {
    build("b1", "a", NOW);
    build("b2", "a", NOW);

    for (String path : List.of("/v1/builds", "/v1/builds?limit=2", "/v1/vms")) {
      HttpResponse<String> answer = api.get(path);
      assertThat(link(answer)).as(path).isEmpty();
      assertThat(Json.mapper().readTree(answer.body()).has("next")).as(path).isFalse();
    }
  }

  @Test
  void aPageFollowsThoughItsPredecessorsLastItemIsGone() throws Exception {
    for (int i = 0; i < 4; i++) {
      api.views.apply(document("b" + i, NOW.plusMillis(i)));
    }
    String next =
        Json.mapper().readTree(api.get("/v1/builds?limit=2").body()).path("next").asString();

    api.views.removeDocument("build/b2");

    assertThat(ids("/v1/builds?after=" + next)).containsExactly("b1", "b0");
  }

  /** Builds are asked for, claimed, ended and removed while somebody goes through the list. */
  @Test
  void whatIsThereAllTheTimeIsMetOnce() throws Exception {
    for (int seed = 0; seed < 80; seed++) {
      Random random = new Random(seed);
      World world = new World(random, "s" + seed + "-");
      IntStream.range(0, 5 + random.nextInt(30)).forEach(_ -> world.step());
      Set<String> throughout = new TreeSet<>(world.present());
      world.gone.clear();
      List<String> met = new ArrayList<>();

      Optional<String> page = Optional.of("/v1/builds?limit=" + (1 + random.nextInt(6)));
      while (page.isPresent()) {
        HttpResponse<String> answer = api.get(page.get());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        met.addAll(ids(Json.mapper().readTree(answer.body())));
        page = link(answer);
        IntStream.range(0, random.nextInt(8)).forEach(_ -> world.step());
      }

      throughout.removeAll(world.gone);
      assertThat(met).as("seed %d", seed).containsAll(throughout);
      assertThat(met.stream().filter(id -> !world.gone.contains(id)))
          .as("seed %d", seed)
          .doesNotHaveDuplicates();
      world.clear();
    }
  }

  @Test
  void tenThousandBuildsAreGivenPageByPage() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      if (i % 2 == 0) {
        build("b" + i, "demo/app:" + i % 100, NOW.plusMillis(i));
      } else {
        api.views.apply(document("b" + i, NOW.plusMillis(i)));
      }
    }
    List<Long> millis = new ArrayList<>();
    Set<String> met = new HashSet<>();
    Optional<String> page = Optional.of("/v1/builds?limit=250");
    while (page.isPresent()) {
      long begin = System.nanoTime();
      HttpResponse<String> answer = api.get(page.get());
      millis.add(Duration.ofNanos(System.nanoTime() - begin).toMillis());
      List<String> ids = ids(Json.mapper().readTree(answer.body()));
      assertThat(ids).hasSize(250);
      met.addAll(ids);
      page = link(answer);
    }

    assertThat(met).hasSize(10_000);
    assertThat(millis).hasSize(40).allMatch(one -> one < 2000);
    // A filter that little fits looks at all of them, once
    assertThat(ids("/v1/builds?tag=demo/app:42")).hasSize(100);
    assertThat(walk("/v1/builds?limit=30&tag=demo/app:42")).hasSize(4);
  }

  @Test
  void largeItemsMakeAPageShorter() throws Exception {
    String dockerfile = "FROM scratch\n#" + "x".repeat(250_000);
    for (int i = 0; i < 40; i++) {
      api.views.applyRequest(
          "b" + i, BuildRequest.of("a", new Source.Inline(dockerfile)), NOW.plusMillis(i));
    }

    HttpResponse<String> first = api.get("/v1/builds");

    assertThat(first.body().length()).isBetween(Page.BYTES, Page.BYTES + 300_000);
    assertThat(walk("/v1/builds").stream().flatMap(List::stream))
        .hasSize(40)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvFileSource(resources = "filters.csv", numLinesToSkip = 1, delimiter = '|')
  void filtersSayWhatIsInAList(String query, String expected) throws Exception {
    fill();
    assertThat(String.join(" ", ids(query))).isEqualTo(expected == null ? "" : expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/builds?pahse=queued | no parameter \"pahse\" here; there are limit, after, phase, tag",
        "/v1/images?phase=queued | no parameter \"phase\"",
        "/v1/vms?limit=0         | limit must be a number from 1 to 10000",
        "/v1/vms?limit=10001     | limit must be",
        "/v1/vms?limit=99999999999 | limit must be",
        "/v1/vms?limit=-1        | limit must be",
        "/v1/vms?limit=1&limit=2 | limit comes more than once",
        "/v1/vms?after=1-a&after=1-b | after comes more than once",
        "/v1/vms?phase=          | phase has an empty value",
        "/v1/vms?phase=queued,,running | phase has an empty value",
        "/v1/vms?phase=gone      | phase must be one of queued, assigned",
        "/v1/vms?since=yesterday | since must be one time",
        "/v1/vms?since=1,2       | since must be one time",
        "/v1/workers?state=asleep | state must be one of up, silent, stopped",
        "/v1/builds?after=x      | after must be what the page before calls next",
        "/v1/builds?after=99999999999999999999-b | after must be",
        "/v1/dead-letters?after=x | after must be",
        "/v1/dead-letters?limit=x | limit must be",
      })
  void whatCannotBeAskedIsRefusedByName(String path, String reason) throws Exception {
    HttpResponse<String> answer = api.get(path);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(Json.mapper().readTree(answer.body()).path("detail").asString()).contains(reason);
  }

  @ParameterizedTest
  @CsvSource({"images,3", "kernels,2", "workers,2", "vms,3"})
  void everyListHasPages(String list, int all) throws Exception {
    fill();
    List<List<String>> pages = walk("/v1/" + list + "?limit=1");

    assertThat(pages).hasSize(all).allMatch(page -> page.size() == 1);
    assertThat(pages.stream().flatMap(List::stream)).containsExactlyElementsOf(ids("/v1/" + list));
  }

  private void fill() {
    build("b1", "demo/app:1", NOW);
    build("b2", "demo/app:2", NOW.plusSeconds(60));
    api.views.apply(document("b3", NOW.plusSeconds(120)));
    api.views.apply(
        document("b4", NOW.plusSeconds(180))
            .settled(
                BuildDocument.Phase.SUCCEEDED,
                Optional.of(DIGEST),
                Optional.empty(),
                NOW.plusSeconds(200)));
    build("b5", "Kernel_1", NOW.minusSeconds(60));
    vm("v1", "demo/app:1", "web", VmDocument.Phase.RUNNING);
    vm("v2", "demo/app:2", "web-2", VmDocument.Phase.EXITED);
    vm("v3", "debian:latest", "db", VmDocument.Phase.STARTING);
    vm("v4", "debian:latest", "old", VmDocument.Phase.REMOVED);
    image("debian:latest", "w1", 0);
    image("demo/app:1", "w1", 1);
    image("demo/app:2", "w2", 2);
    api.views.apply(new KernelDocument("k1", DIGEST, "b", "w1", NOW));
    api.views.apply(new KernelDocument("k2", DIGEST, "b", "w2", NOW));
    for (String id : List.of("w1", "w2")) {
      api.views.apply(
          new WorkerDocument(
              id,
              new WorkerEvent.WorkerInfo("i", 1, "1", "host-" + id, "", 1, 1, List.of()),
              id.equals("w1") ? "up" : "silent",
              NOW));
    }
  }

  private void build(String id, String tag, Instant at) {
    api.views.applyRequest(id, BuildRequest.of(tag, source(tag)), at);
  }

  private static Source source(String tag) {
    return tag.startsWith("Kernel")
        ? new Source.Kernel(DIGEST)
        : new Source.Inline("FROM scratch\n");
  }

  private static BuildDocument document(String id, Instant at) {
    return BuildDocument.queued(id, BuildRequest.of("demo/other", source("")).withId(id), 1, at);
  }

  private void vm(String id, String image, String name, VmDocument.Phase phase) {
    RunRequest request = RunRequest.of(image, Optional.of(name), false).withId(id);
    api.views.apply(VmDocument.queued(id, request, 1, NOW).withPhase(phase));
  }

  private void image(String reference, String worker, int seconds) {
    api.views.apply(
        new ImageDocument(
            reference,
            new ImageSummary(DIGEST, List.of(), 1, "b", worker),
            NOW.plusSeconds(seconds)));
  }

  private List<List<String>> walk(String path) throws Exception {
    List<List<String>> pages = new ArrayList<>();
    Optional<String> page = Optional.of(path);
    while (page.isPresent()) {
      HttpResponse<String> answer = api.get(page.get());
      pages.add(ids(Json.mapper().readTree(answer.body())));
      page = link(answer);
    }
    return pages;
  }

  private static Optional<String> link(HttpResponse<String> answer) {
    return answer
        .headers()
        .firstValue("Link")
        .map(LINK::matcher)
        .filter(Matcher::matches)
        .map(found -> found.group(1));
  }

  private List<String> ids(String path) throws Exception {
    HttpResponse<String> answer = api.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return ids(Json.mapper().readTree(answer.body()));
  }

  /** What the items of a list are known by. */
  private static List<String> ids(JsonNode page) {
    return page.path("items")
        .valueStream()
        .map(item ->
            List.of("id", "reference", "name").stream()
                .filter(item::has)
                .findFirst()
                .map(field -> item.path(field).asString())
                .orElseThrow())
        .toList();
  }

  /** What may happen to builds. */
  private final class World {
    private final Random random;
    private final String prefix;
    private final List<String> queued = new ArrayList<>();
    private final List<String> documented = new ArrayList<>();
    final Set<String> gone = new HashSet<>();
    private Instant now = NOW;
    private int asked;

    World(Random random, String prefix) {
      this.random = random;
      this.prefix = prefix;
    }

    Set<String> present() {
      Set<String> all = new HashSet<>(queued);
      all.addAll(documented);
      return all;
    }

    void step() {
      now = now.plusMillis(random.nextInt(3));
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> ask();
        case 3, 4 -> claim();
        default -> remove();
      }
    }

    private void ask() {
      // In no order of theirs; some of them again, after they were removed
      boolean again = !gone.isEmpty() && random.nextInt(4) == 0;
      String id =
          again
              ? gone.stream().sorted().findFirst().orElseThrow()
              : prefix + random.nextInt(100) + "-" + asked++;
      if (!present().contains(id)) {
        build(id, "a", now);
        queued.add(id);
      }
    }

    /** Not every document tells the time of its request: another producer's may be claimed. */
    private void claim() {
      if (!queued.isEmpty()) {
        String id = queued.remove(random.nextInt(queued.size()));
        api.views.apply(document(id, random.nextBoolean() ? now : NOW));
        documented.add(id);
      }
    }

    private void remove() {
      if (!documented.isEmpty()) {
        String id = documented.remove(random.nextInt(documented.size()));
        api.views.removeDocument("build/" + id);
        gone.add(id);
      }
    }

    void clear() {
      while (!queued.isEmpty()) {
        claim();
      }
      while (!documented.isEmpty()) {
        remove();
      }
    }
  }
}
