package dev.firebuild.systemtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BusyThreadsTest {
  @Test
  void whoHasUsedMostComesFirst() {
    String dump =
        """
        2026-11-23 03:00:00
        Full thread dump

        "main" #1 prio=5 os_prio=0 cpu=12.50ms elapsed=9.00s tid=0x1 nid=1 waiting
           java.lang.Thread.State: WAITING

        "owner" #2 daemon prio=5 os_prio=0 cpu=900.00ms elapsed=9.00s tid=0x2 nid=2 runnable
           at dev.firebuild.Owner

        JNI global refs: 30
        """;

    String busy = BusyThreads.first(dump);

    assertThat(busy).startsWith("\"owner\"").contains("dev.firebuild.Owner", "\"main\"");
    assertThat(busy).doesNotContain("JNI", "Full thread dump");
  }
}
