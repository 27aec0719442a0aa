package dev.firebuild.systemtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Builds in real VMs. */
@Tag("real")
class BuildEngineTest {
  private static EngineHost host;

  @BeforeAll
  static void start() throws Exception {
    host = EngineHost.open(Files.createTempDirectory("fb"), List.of());
    Path tar = BaseRoots.tar("busybox", Files.createTempDirectory("fb-root"));
    EngineHost.Outcome outcome =
        host.build(EngineHost.request("busybox", new Source.Rootfs(host.uploadFile(tar))));
    assertThat(outcome.end()).isInstanceOf(BuildEvent.Succeeded.class);
  }

  @AfterAll
  static void stop() throws IOException {
    host.close();
  }

  @Test
  void stepsRunAndAreFoundAgain() throws Exception {
    // Given
    String dockerfile =
        """
        FROM busybox
        RUN echo hello > /greeting
        WORKDIR /w
        RUN cat /greeting && pwd
        """;

    // When
    EngineHost.Outcome first = host.build(inline("first", dockerfile));
    EngineHost.Outcome second = host.build(inline("second", dockerfile));

    // Then
    assertThat(first.end()).isInstanceOf(BuildEvent.Succeeded.class);
    assertThat(first.events().log()).isEqualTo("hello\n/w\n");
    assertThat(second.events().events(BuildEvent.StepCached.class)).hasSize(3);
    assertThat(second.events().events(BuildEvent.StepStarted.class)).isEmpty();
    assertThat(host.image("second")).isEqualTo(host.image("first"));
    assertThat(host.isClean()).isTrue();
  }

  private static BuildRequest inline(String tag, String dockerfile) {
    return EngineHost.request(tag, new Source.Inline(dockerfile));
  }
}
