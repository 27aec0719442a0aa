package dev.firebuild.worker.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.network.Attachment;
import dev.firebuild.worker.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalTest {
  private static final String ID = "removaltest000000000";

  @TempDir private Path folder;

  /** A network that cannot be removed the first times. */
  private record Stubborn(AtomicInteger refusals) implements Network {
    @Override
    public Attachment attach(String id, MachineLayout files, Wish wish) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Attachment keep(
        String id, MachineLayout files, Attachment attachment, List<PortMapping> ports) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void detach(String id, MachineLayout files, Optional<Attachment> attachment)
        throws IOException {
      if (refusals.getAndDecrement() > 0) {
        throw new IOException("not now");
      }
    }
  }

  private Journal journal() {
    return new Journal(new HostLayout(folder));
  }

  private void remove(Network network, Duration pause) throws IOException {
    journal().open(ID);
    new Removal(ID, Optional.empty(), Optional.of(network), journal()).run(pause);
  }

  @Test
  void whatCannotBeRemovedStaysInTheJournalAndIsTriedAgain() throws IOException {
    AtomicInteger refusals = new AtomicInteger(3);

    remove(new Stubborn(refusals), Duration.ofMillis(50));

    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !journal().ids().contains(ID));
    assertThat(refusals).hasValue(-1);
  }

  @Test
  void untilThenTheJournalHasIt() throws IOException {
    remove(new Stubborn(new AtomicInteger(1)), Duration.ofHours(1));

    assertThat(journal().ids()).containsExactly(ID);
  }

  @Test
  void whatCanBeRemovedIsGoneAtOnce() throws IOException {
    remove(new Stubborn(new AtomicInteger()), Duration.ofHours(1));

    assertThat(journal().ids()).isEmpty();
  }
}
