package dev.firebuild.systemtest.harness;

import dev.firebuild.broker.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;

/** The broker of a test: a process of its own, so that it can be killed. */
public final class TestBroker {
  private static final String PASSWORD = "a-test-password";

  /** A machine may have much else to do. */
  private static final Duration READY = Duration.ofSeconds(90);

  private TestBroker() {}

  /** Starts one with its data and its log in {@code folder}, on a port of its own. */
  public static BrokerProcess in(Path folder) throws InterruptedException {
    return in(folder, 0);
  }

  /** The same on {@code port}: where one was before it was killed. */
  public static BrokerProcess in(Path folder, int port) throws InterruptedException {
    return BrokerProcess.start(
        BrokerProcess.Options.like(
            folder.resolve("data"), port, PASSWORD, folder.resolve("broker.log"), READY));
  }
}
