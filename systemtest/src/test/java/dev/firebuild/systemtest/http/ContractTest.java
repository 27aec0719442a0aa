package dev.firebuild.systemtest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.systemtest.harness.Checkout;
import dev.firebuild.systemtest.harness.Finished;
import dev.firebuild.systemtest.harness.Program;
import dev.firebuild.systemtest.harness.TestBroker;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that knows only the API's description sends all that it allows, and what it does not.
 */
@Tag("real")
@Timeout(3600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContractTest {
  private static final String TESTER = "schemathesis==4.32.5";
  private static final String SEED = "1";

  /**
   * Said by CPython 3.11, as in Debian 12, when threads parse Python at the same time (gh-106905).
   * It says nothing about the API.
   */
  private static final String INTERPRETER_BROKE = "AST constructor recursion depth mismatch";

  private static final int TRIES = 3;

  private Path dir;
  private BrokerProcess broker;
  private CoordinatorProcess coordinator;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    dir = folder;
    broker = TestBroker.in(dir);
    coordinator =
        new CoordinatorProcess("c1", dir, broker.access().clientProperties(), "256m").start();
    String build =
        "{\"id\":\"known\",\"tag\":\"demo/app:1\",\"source\":{\"dockerfile\":\"FROM scratch\\n\"}}";
    assertThat(
            coordinator
                .send(
                    coordinator
                        .request("/v1/builds")
                        .POST(HttpRequest.BodyPublishers.ofString(build)))
                .statusCode())
        .isEqualTo(202);
    await().until(() -> coordinator.get("/v1/builds/known").statusCode() == 200);
  }

  @AfterAll
  void stop() throws Exception {
    coordinator.close();
    broker.close();
  }

  @Test
  void theApiIsAsItsDescriptionSays() throws Exception {
    examine("examples,fuzzing", "4", Duration.ofMinutes(4));
  }

  @Test
  @Tag("long")
  void theApiIsAsItsDescriptionSaysHoweverLongOneLooks() throws Exception {
    examine("examples,coverage,fuzzing,stateful", "150", Duration.ofMinutes(45));
  }

  private void examine(String phases, String examples, Duration limit) throws Exception {
    Finished finished = run(phases, examples, limit);
    for (int i = 1; i < TRIES && finished.stdout().contains(INTERPRETER_BROKE); i++) {
      finished = run(phases, examples, limit);
    }

    assertThat(finished.exitCode())
        .as("%s%n%s%n%s", finished.stdout(), finished.stderr(), coordinator.logs())
        .isZero();
    assertThat(coordinator.logs()).doesNotContain(" ERROR ");
  }

  private Finished run(String phases, String examples, Duration limit) throws Exception {
    Path settings = Checkout.find().root().resolve("systemtest/schemathesis.toml");
    return Program.of(tester(), "--config-file", settings.toString(), "run")
        .and(coordinator.url() + "/openapi.json")
        .and("--header", "Authorization: Bearer " + CoordinatorProcess.TOKEN)
        .and("--phases", phases, "--max-examples", examples, "--seed", SEED, "--no-color")
        .in(dir)
        .within(limit)
        .run();
  }

  /** Installed once per checkout, by the pip of this host, as it is set up. */
  private static String tester() throws IOException, InterruptedException {
    Path home = Checkout.find().root().resolve("target").resolve(TESTER.replace("==", "-"));
    Path program = home.resolve("bin/schemathesis");
    if (!Files.exists(program)) {
      Files.createDirectories(home);
      install(Program.of("python3", "-m", "venv", home.toString()));
      install(
          Program.of(home.resolve("bin/python").toString(), "-m", "pip", "install", "-q")
              .and("--disable-pip-version-check", TESTER));
    }
    return program.toString();
  }

  private static void install(Program program) throws InterruptedException {
    var _ = program.within(Duration.ofMinutes(5)).run().requireSuccess();
  }
}
