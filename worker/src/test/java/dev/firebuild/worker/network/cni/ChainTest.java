package dev.firebuild.worker.network.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.network.Network.Wish;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ChainTest {
  private static final String ID = "chaintest00000000000";
  private static final String NETNS = "/run/netns/firebuild-x";

  @TempDir private Path folder;

  private FakePlugins fake;
  private CniAttachment attachment;

  @BeforeEach
  void makePlugins() throws IOException {
    fake = new FakePlugins(folder, "first", "map", "last");
    attachment =
        CniAttachment.of(
                ID,
                new Wish(List.of(new PortMapping("127.0.0.1", 8080, 80)), Optional.of("10.1.0.7")))
            .in(Optional.of(Path.of(NETNS)));
  }

  private Chain chain(String versions) throws IOException {
    return Chain.of(fake.plugins, FakePlugins.network(versions, "first", "map", "last"));
  }

  private static String by(JsonNode request) {
    return request.path("prevResult").path("by").asString("nobody");
  }

  @Test
  void eachPluginGetsTheResultOfTheOneBefore() throws IOException {
    List<String> results = new ArrayList<>();

    JsonNode result =
        chain("1.0.0").add(attachment, answer -> results.add(answer.path("by").asString("")));

    assertThat(fake.calls()).containsExactly("ADD first", "ADD map", "ADD last");
    assertThat(results).containsExactly("first", "map", "last");
    assertThat(result.path("by").asString("")).isEqualTo("last");
    assertThat(by(fake.lastRequest("ADD first"))).isEqualTo("nobody");
    assertThat(by(fake.lastRequest("ADD map"))).isEqualTo("first");
    assertThat(by(fake.lastRequest("ADD last"))).isEqualTo("map");
  }

  @Test
  void aPluginIsToldWhatTheSpecificationSays() throws IOException {
    chain("1.0.0").add(attachment, _ -> {});

    JsonNode request = fake.lastRequest("ADD map");
    assertThat(request.path("name").asString("")).isEqualTo("net");
    assertThat(request.path("cniVersion").asString("")).isEqualTo("1.0.0");
    assertThat(request.has("capabilities")).isFalse();
    assertThat(request.path("runtimeConfig").path("portMappings").toString())
        .isEqualTo(
            "[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\",\"hostIP\":\"127.0.0.1\"}]");
    assertThat(fake.lastRequest("ADD last").has("runtimeConfig")).isFalse();
    assertThat(fake.environments())
        .containsOnly("ADD|%s|%s|eth0|IP=10.1.0.7;IgnoreUnknown=1|%s".formatted(ID, NETNS, folder));
  }

  @Test
  void removingGoesBackwardsAndPastFailures() throws IOException {
    Chain chain = chain("1.0.0");
    JsonNode result = chain.add(attachment, _ -> {});
    fake.on("last", "DEL", "echo '{\"code\": 7, \"msg\": \"no\", \"details\": \"way\"}'; exit 1");

    assertThatThrownBy(() -> chain.delete(attachment, Optional.of(result)))
        .hasMessage("the CNI plugin last refused DEL: no: way (code 7)");

    assertThat(fake.calls().subList(3, 6)).containsExactly("DEL last", "DEL map", "DEL first");
    assertThat(by(fake.lastRequest("DEL first"))).isEqualTo("last");
    assertThat(fake.lastRequest("DEL map").path("runtimeConfig").path("portMappings")).hasSize(1);
  }

  @Test
  void aFailureStopsTheChainAndIsTold() throws IOException {
    fake.on("map", "ADD", "echo 'iptables is missing' >&2; exit 3");
    List<String> results = new ArrayList<>();

    assertThatThrownBy(() ->
            chain("1.0.0").add(attachment, answer -> results.add(answer.path("by").asString(""))))
        .hasMessage("the CNI plugin map refused ADD: exit code 3: iptables is missing");

    assertThat(fake.calls()).containsExactly("ADD first", "ADD map");
    assertThat(results).containsExactly("first");
  }

  @ParameterizedTest
  @CsvSource({"true, nothing", "echo hello, what is no JSON"})
  void anAnswerThatIsNoneIsAnError(String script, String what) throws IOException {
    fake.on("first", "ADD", script + "; exit 0");

    assertThatThrownBy(() -> chain("1.0.0").add(attachment, _ -> {}))
        .hasMessage("the CNI plugin first answered ADD with " + what);
  }

  @Test
  void aPluginThatHangsIsKilledWithItsChildren() throws IOException {
    fake.on("first", "ADD", "sleep 1000 & wait");

    assertThatThrownBy(() -> chain("1.0.0").add(attachment, _ -> {}))
        .hasMessageContaining("first: not finished after PT2S; killed");

    // A killed process is gone when the system comes to it.
    await().until(() -> ProcessTable.marked(ID).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "0.3.1, 0.3.1, nobody",
    "0.4.0, 0.4.0, last",
    "0.3.1 1.0.0 0.4.0, 1.0.0, last",
    "1.1.0 1.0.0, 1.0.0, last",
    "1.1.0, 1.1.0, last"
  })
  void theNewestVersionThatAllSpeakIsSpoken(String offered, String spoken, String onDelete)
      throws IOException {
    Chain chain = chain(offered);

    JsonNode result = chain.add(attachment, _ -> {});
    chain.check(attachment, result);
    Chain.recorded(fake.plugins, chain.config()).delete(attachment, Optional.of(result));

    assertThat(chain.config().versions()).containsExactly(spoken);
    assertThat(fake.lastRequest("ADD first").path("cniVersion").asString("")).isEqualTo(spoken);
    assertThat(by(fake.lastRequest("DEL first"))).isEqualTo(onDelete);
    assertThat(fake.calls().contains("CHECK first")).isEqualTo(!spoken.equals("0.3.1"));
  }

  @Test
  void noCommonVersionIsAnError() throws IOException {
    fake.on("map", "VERSION", "echo '{\"supportedVersions\": [\"0.3.1\"]}'; exit 0");

    assertThatThrownBy(() -> chain("1.0.0 0.4.0"))
        .hasMessageContaining("offers (1.0.0, 0.4.0): map speaks 0.3.1");
  }

  @Test
  void onlyNewVersionsAreAskedWhetherTheyAreReady() throws IOException {
    chain("1.0.0").status();
    assertThat(fake.calls()).isEmpty();

    fake.on("map", "STATUS", "echo '{\"code\": 50, \"msg\": \"no daemon\"}'; exit 1");
    assertThatThrownBy(() -> chain("1.1.0").status())
        .hasMessage("the CNI plugin map refused STATUS: no daemon (code 50)");
  }

  @Test
  void aMissingPluginIsNamedBeforeAnyIsCalled() {
    assertThatThrownBy(
            () -> Chain.of(fake.plugins, FakePlugins.network("1.0.0", "first", "absent")))
        .hasMessageContaining("there is no CNI plugin absent in " + folder)
        .hasMessageContaining("--cni-bin-dir");
  }

  @Test
  void aRedirectToATapIsOurOwn() throws IOException {
    Chain chain = Chain.of(fake.plugins, FakePlugins.network("1.0.0", "first", Chain.REDIRECT));

    JsonNode result = chain.add(attachment, _ -> {});
    chain.delete(attachment, Optional.of(result));

    assertThat(fake.calls()).containsExactly("ADD first", "DEL first");
  }
}
