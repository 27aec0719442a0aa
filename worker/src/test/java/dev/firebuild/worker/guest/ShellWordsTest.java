package dev.firebuild.worker.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellWordsTest {
  @Test
  void aShellReadsEveryWordAsItIs() throws Exception {
    List<String> words = List.of("a b", "", "it's", "$(id)`id`\\", "'\n'", "*", "ü\t\u0001");

    String out =
        Processes.of(System.getenv())
            .require(ProcessCommand.of("sh", "-c", "printf '%s|' " + ShellWords.join(words)))
            .stdout();

    assertThat(out).isEqualTo(String.join("|", words) + "|");
  }
}
