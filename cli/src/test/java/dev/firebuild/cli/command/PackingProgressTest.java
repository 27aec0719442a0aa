package dev.firebuild.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PackingProgressTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private Instant now = Instant.EPOCH;

  @Test
  void plainIsALineEveryThreeSeconds() {
    PackingProgress progress = progress(ProgressMode.PLAIN, true);

    pack(progress, Duration.ofSeconds(7));
    progress.sending(5_000_000_000L);
    progress.close();

    assertThat(shown())
        .isEqualTo(
            """
            #0 packing the context: 30 files, 30.0MB
            #0 packing the context: 60 files, 60.0MB
            #0 sending the context: 5.0GB
            """);
  }

  @Test
  void whatIsQuickIsNotWorthAWord() {
    PackingProgress progress = progress(ProgressMode.PLAIN, false);

    pack(progress, Duration.ofSeconds(2));
    progress.sending(1000);
    progress.close();

    assertThat(shown()).isEmpty();
  }

  @Test
  void onATerminalItIsOneLineThatGoesAway() {
    PackingProgress progress = progress(ProgressMode.AUTO, true);

    pack(progress, Duration.ofMillis(700));
    progress.close();

    assertThat(shown())
        .isEqualTo(
            """
            \r\u001b[K[+] packing the context: 5 files, 5.0MB\
            \r\u001b[K[+] packing the context: 6 files, 6.0MB\
            \r\u001b[K[+] packing the context: 7 files, 7.0MB\
            \r\u001b[K\
            """);
  }

  @Test
  void theStreamOfEventsIsNothingElse() {
    PackingProgress progress = progress(ProgressMode.RAWJSON, true);

    pack(progress, Duration.ofMinutes(7));
    progress.sending(1);
    progress.close();

    assertThat(shown()).isEmpty();
  }

  /** A file of a megabyte every tenth of a second. */
  private void pack(PackingProgress progress, Duration duration) {
    for (int files = 1; files <= duration.toMillis() / 100; files++) {
      now = now.plusMillis(100);
      progress.packed(files, files * 1_000_000L);
    }
  }

  private PackingProgress progress(ProgressMode mode, boolean terminal) {
    CliContext context =
        new CliContext(
            Map.of(),
            InputStream.nullInputStream(),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(shown, true, StandardCharsets.UTF_8),
            terminal,
            "nobody",
            Path.of("/nonexistent"),
            () -> now,
            (_, _, _, _) -> {
              throw new AssertionError("nothing is packed here");
            },
            () -> {
              throw new AssertionError("nobody is asked here");
            });
    return PackingProgress.of(context, mode);
  }

  private String shown() {
    return shown.toString(StandardCharsets.UTF_8);
  }
}
