package dev.firebuild.worker.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuestMonitorTest {
  private final GuestMonitor monitor = new GuestMonitor();

  @Test
  void aKernelWithoutDrivesIsNoticed() {
    monitor.accept("firebuild[2.48] started");
    assertThat(monitor.driveless()).isNotDone();

    monitor.accept("firebuild[2.56] waiting");

    assertThat(monitor.driveless()).isDone();
    assertThat(monitor.ready()).isNotDone();
  }

  @Test
  void thePanicOfTheKernelIsKeptInItsWords() {
    monitor.accept("[    5.1] Kernel panic - not syncing: Fatal exception " + "x".repeat(5000));

    assertThat(monitor.panic().orElseThrow())
        .startsWith("Kernel panic - not syncing: Fatal exception x")
        .hasSizeLessThan(300);
  }

  @Test
  void onlyTheWordAfterTheCodeIsAReboot() {
    monitor.accept("firebuild[9.1] exited 129");
    assertThat(monitor.exited().join()).isEqualTo(129);
    assertThat(monitor.asked()).isEmpty();

    GuestMonitor other = new GuestMonitor();
    other.accept("firebuild[9.1] exited 129 rebooted");

    assertThat(other.asked()).contains(MachineExit.Reason.REBOOTED);
  }

  @Test
  void whatAGuestPrintsBesideIsNoMatter() {
    monitor.accept("exited 3");
    monitor.accept("firebuild[x] ready");
    monitor.accept("firebuild[1.0] exited 1000");

    assertThat(monitor.exited()).isNotDone();
    assertThat(monitor.ready()).isNotDone();
  }
}
