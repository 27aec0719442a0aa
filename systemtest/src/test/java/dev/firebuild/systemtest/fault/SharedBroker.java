package dev.firebuild.systemtest.fault;

import dev.firebuild.broker.BrokerProcess;
import dev.firebuild.systemtest.harness.TestBroker;
import java.nio.file.Path;
import java.util.Map;

/** A broker for all tests of a class. */
final class SharedBroker implements AutoCloseable {
  private final Path dir;
  private final BrokerProcess broker;

  SharedBroker(Path dir) throws InterruptedException {
    this.dir = dir;
    this.broker = TestBroker.in(dir);
  }

  /** An installation of its own, {@code name} in the names of its topics. */
  Ground ground(String name) throws Exception {
    Map<String, String> client = broker.access().clientProperties();
    return new Ground(client, name, dir);
  }

  @Override
  public void close() {
    broker.close();
  }
}
