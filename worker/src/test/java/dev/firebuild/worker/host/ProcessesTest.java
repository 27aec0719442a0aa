package dev.firebuild.worker.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessesTest {
  private final Processes processes = Processes.of(Map.of("PATH", "/opt/own:relative:/usr/bin"));

  @Test
  void aProgramGetsTheEnvironmentOfItsCommand() throws IOException {
    ProcessCommand command = ProcessCommand.of("env").withEnv(Map.of("CNI_COMMAND", "ADD"));

    ProcessResult result = processes.require(command);

    assertThat(List.of(result.stdout().split("\n", -1))).contains("CNI_COMMAND=ADD");
  }

  @Test
  void itsPathHasTheDirectoriesOfRootToo() {
    assertThat(List.of(processes.path().split(":", -1)))
        .startsWith("/opt/own", "/usr/bin")
        .contains("/usr/sbin")
        .doesNotContain("relative")
        .doesNotHaveDuplicates();
  }
}
