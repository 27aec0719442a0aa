package dev.firebuild.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.messaging.PublishException;
import dev.firebuild.messaging.SubjectEvents;
import dev.firebuild.protocol.event.EventData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputDeliveryTest {
  private static final byte[] TEN = new byte[10];

  @TempDir Path root;
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private final CompletableFuture<Void> second = new CompletableFuture<>();

  private final List<Long> told = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private OutputPosition position;

  @BeforeEach
  void openPosition() throws Exception {
    position = OutputPosition.open(root.resolve("position"));
  }

  @AfterEach
  void closePosition() throws Exception {
    position.close();
  }

  @Test
  void thePositionFollowsWhatIsStored() throws Exception {
    // Given three pieces in two chunks
    OutputDelivery delivery = delivery(List.of(first, first, second));
    delivery.accept(0, "stdout", TEN);
    delivery.accept(10, "stdout", TEN);
    delivery.accept(20, "stdout", TEN);
    assertThat(position.read()).isZero();

    // When
    first.complete(null);

    // Then
    assertThat(position.read()).isEqualTo(20);
    second.complete(null);
    assertThat(position.read()).isEqualTo(30);
    delivery.settle();
    assertThat(told).containsExactly(20L, 30L);
  }

  @Test
  void afterARefusedPieceNothingCounts() throws Exception {
    // Given
    OutputDelivery delivery = delivery(List.of(first, second));
    delivery.accept(0, "stdout", TEN);
    delivery.accept(10, "stdout", TEN);

    // When
    first.completeExceptionally(new PublishException("no", new IOException("away")));
    second.complete(null);

    // Then
    assertThat(position.read()).isZero();
    assertThatThrownBy(() -> delivery.accept(20, "stdout", TEN)).isInstanceOf(IOException.class);
    assertThatThrownBy(delivery::settle).isInstanceOf(IOException.class);
  }

  private OutputDelivery delivery(List<CompletableFuture<Void>> receipts) {
    return new OutputDelivery(new Receipts(new ArrayDeque<>(receipts)), position, told::add);
  }

  /** Gives the receipts out in order. */
  private record Receipts(Queue<CompletableFuture<Void>> receipts) implements SubjectEvents {
    @Override
    public String subject() {
      return "vm";
    }

    @Override
    public String instance() {
      return "i";
    }

    @Override
    public CompletableFuture<Void> publish(EventData data) {
      throw new UnsupportedOperationException("only output is delivered");
    }

    @Override
    public void buildLog(int step, String stream, byte[] bytes) {
      throw new UnsupportedOperationException("only a VM's output is delivered");
    }

    @Override
    public CompletableFuture<Void> vmLog(long offset, String stream, byte[] bytes) {
      return receipts.remove();
    }
  }
}
