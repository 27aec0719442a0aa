package dev.firebuild.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;

class KafkaWaitTest {
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final List<Duration> pauses = new ArrayList<>();
  private final KafkaWait wait = new KafkaWait("box:9092", pauses::add);
  private int attempts;

  @Test
  void whatIsRefusedAtOnceIsTriedAgainAfterAPause() throws Exception {
    String result =
        wait.until(() ->
            switch (++attempts) {
              case 1 ->
                  throw new ExecutionException(new CoordinatorLoadInProgressException("loading"));
              case 2 -> throw new TimeoutException("nobody answers");
              default -> "done";
            });

    assertThat(result).isEqualTo("done");
    assertThat(pauses).containsExactly(PAUSE, PAUSE);
  }

  @Test
  void whatIsRefusedForGoodIsAnError() {
    assertThatThrownBy(() ->
            wait.until(() -> {
              attempts++;
              throw new ExecutionException(new SaslAuthenticationException("wrong password"));
            }))
        .isInstanceOf(TopicException.class)
        .hasMessageContaining("box:9092")
        .hasMessageContaining("wrong password");
    assertThat(attempts).isEqualTo(1);
    assertThat(pauses).isEmpty();
  }

  @Test
  void whoIsInterruptedWaitsNoMore() {
    KafkaWait interrupted =
        new KafkaWait(
            "box:9092",
            _ -> {
              throw new InterruptedException();
            });

    assertThatThrownBy(() ->
            interrupted.until(() -> {
              throw new TimeoutException("nobody answers");
            }))
        .isInstanceOf(InterruptedException.class);
  }
}
