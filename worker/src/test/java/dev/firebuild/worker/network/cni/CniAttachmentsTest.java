package dev.firebuild.worker.network.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.Network.Wish;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CniAttachmentsTest {
  private static final String ID = "attachmenttest000000";
  private static final String OTHER = "attachmenttest000001";
  private static final Path NETNS = Path.of("/run/netns/firebuild-x");

  @TempDir private Path folder;

  private FakePlugins fake;
  private CniSettings settings;
  private CniAttachments attachments;

  @BeforeEach
  void makeNetwork() throws IOException {
    fake = new FakePlugins(Files.createDirectory(folder.resolve("bin")), "first", "map");
    settings =
        new CniSettings(
            Optional.empty(), folder.resolve("conf"), fake.folder, folder.resolve("cache"));
    attachments = attachments();
    configure(FakePlugins.network("1.0.0", "first", "map"));
  }

  /** As a worker that was started again has them. */
  private CniAttachments attachments() {
    return new CniAttachments(Processes.of(System.getenv()), settings, FakePlugins.LIMITS);
  }

  private void configure(NetworkConfig config) throws IOException {
    Files.createDirectories(settings.configurations());
    Files.write(settings.configurations().resolve("net.conflist"), config.json());
  }

  private MachineLayout files(String id) throws IOException {
    return new MachineLayout(Files.createDirectories(folder.resolve(id)));
  }

  private Path cached(String id) {
    return settings.cache().resolve("results").resolve("net-" + id + "-eth0");
  }

  private static Wish port(String address, int port) {
    return new Wish(List.of(new PortMapping(address, port, 80)), Optional.of("10.1.0.7"));
  }

  @Test
  void whatIsKeptHasTheFormOfLibcni() throws IOException {
    CniAttachments.Plan plan = attachments.begin(ID, files(ID), port("127.0.0.1", 8080));
    attachments.add(plan, NETNS);

    JsonNode record = Json.mapper().readTree(Files.readAllBytes(cached(ID)));
    assertThat(record.path("kind").asString("")).isEqualTo("cniCacheV1");
    assertThat(record.path("containerId").asString("")).isEqualTo(ID);
    assertThat(record.path("networkName").asString("")).isEqualTo("net");
    assertThat(record.path("ifName").asString("")).isEqualTo("eth0");
    assertThat(record.path("netns").asString("")).isEqualTo(NETNS.toString());
    assertThat(record.path("cniArgs").valueStream().map(JsonNode::toString))
        .containsExactlyInAnyOrder("[\"IgnoreUnknown\",\"1\"]", "[\"IP\",\"10.1.0.7\"]");
    assertThat(record.path("capabilityArgs").path("ips").toString()).isEqualTo("[\"10.1.0.7\"]");
    assertThat(record.path("capabilityArgs").path("portMappings")).hasSize(1);
    assertThat(record.path("result").path("by").asString("")).isEqualTo("map");
    assertThat(new String(record.path("config").binaryValue(), StandardCharsets.UTF_8))
        .contains("\"type\":\"first\"");
  }

  @Test
  void itIsWrittenDownBeforeAnyPluginIsCalled() throws IOException {
    attachments.begin(ID, files(ID), Wish.NONE);

    assertThat(cached(ID)).exists();
    assertThat(fake.calls()).isEmpty();
  }

  @Test
  void whatAddedItRemovesItWhateverIsConfiguredNow() throws IOException {
    attachments.add(attachments.begin(ID, files(ID), port("127.0.0.1", 8080)), NETNS);
    configure(FakePlugins.network("0.4.0", "map"));

    attachments().delete(ID, files(ID), Optional.of(NETNS));

    assertThat(fake.calls()).containsExactly("ADD first", "ADD map", "DEL map", "DEL first");
    assertThat(fake.environments().getLast()).contains("|IP=10.1.0.7;IgnoreUnknown=1|");
    assertThat(fake.lastRequest("DEL map").path("cniVersion").asString("")).isEqualTo("1.0.0");
    assertThat(fake.lastRequest("DEL map").path("runtimeConfig").path("portMappings")).hasSize(1);
    assertThat(cached(ID)).doesNotExist();
  }

  @Test
  void removingStaysToBeDoneUntilItSucceeds() throws IOException {
    attachments.add(attachments.begin(ID, files(ID), Wish.NONE), NETNS);
    fake.on("first", "DEL", "exit 1");

    assertThatThrownBy(() -> attachments.delete(ID, files(ID), Optional.of(NETNS)))
        .isInstanceOf(IOException.class);
    assertThat(cached(ID)).exists();
    fake.on("first", "DEL", "");
    attachments().delete(ID, files(ID), Optional.empty());
    attachments().delete(ID, files(ID), Optional.empty());

    assertThat(cached(ID)).doesNotExist();
    assertThat(fake.environments().getLast()).startsWith("DEL|%s||eth0".formatted(ID));
  }

  @Test
  void whatWasRemovedFromTheCacheIsRemovedAsItIsConfiguredNow() throws IOException {
    attachments.add(attachments.begin(ID, files(ID), Wish.NONE), NETNS);
    Files.delete(cached(ID));

    attachments.delete(ID, files(ID), Optional.of(NETNS));

    assertThat(fake.calls()).endsWith("DEL map", "DEL first");
  }

  @Test
  void whatWasNotBegunCallsNothing() throws IOException {
    attachments.delete(ID, files(ID), Optional.empty());

    assertThat(fake.calls()).isEmpty();
  }

  @Test
  void afterAFailureThePluginsGetTheLastResultThatThereWas() throws IOException {
    fake.on("map", "ADD", "exit 1");
    CniAttachments.Plan plan = attachments.begin(ID, files(ID), Wish.NONE);

    assertThatThrownBy(() -> attachments.add(plan, NETNS)).isInstanceOf(CniException.class);
    attachments.delete(ID, files(ID), Optional.of(NETNS));

    assertThat(fake.lastRequest("DEL map").path("prevResult").path("by").asString(""))
        .isEqualTo("first");
  }

  @Test
  void aPortLeadsToOneMachine() throws IOException {
    attachments.begin(ID, files(ID), port("0.0.0.0", 8080));
    Files.writeString(settings.cache().resolve("results/foreign"), "{\"cniVersion\": \"0.4.0\"}");

    assertThatThrownBy(() -> attachments.begin(OTHER, files(OTHER), port("127.0.0.1", 8080)))
        .hasMessageContaining("cannot publish port 8080: it leads to " + ID);
    attachments.begin(OTHER, files(OTHER), port("127.0.0.1", 8081));

    assertThat(cached(OTHER)).exists();
  }

  @Test
  void aNetworkWithoutPortsSaysWhatItLacks() throws IOException {
    configure(FakePlugins.network("1.0.0", "first"));

    assertThatThrownBy(() -> attachments.begin(ID, files(ID), port("127.0.0.1", 8080)))
        .hasMessageContaining("the network net publishes no ports")
        .hasMessageContaining("portmap");
    assertThat(cached(ID)).doesNotExist();
  }

  @Test
  void aNetworkIsLookedAtBeforeItIsUsed() throws IOException {
    attachments.requireUsable();
    Files.delete(fake.folder.resolve("map"));

    assertThatThrownBy(attachments::requireUsable).hasMessageContaining("no CNI plugin map");
  }
}
