package dev.firebuild.worker.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FrozenTest {
  @Test
  void theEndOfTheInputLetsTheGuestWriteAgain() throws Exception {
    Script script = new Script("frozen\n", "", 0);

    try (Frozen _ = Frozen.begin(script)) {
      assertThat(script.inputEnded).isFalse();
    }

    assertThat(script.inputEnded).isTrue();
    assertThat(script.closed).isTrue();
  }

  @Test
  void aDiskThatCannotBeHeldIsToldWithTheReason() {
    Script script = new Script("", "fstrim: /upper: Input/output error\n", 1);

    assertThatThrownBy(() -> Frozen.begin(script))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the guest cannot hold the upper disk still: exit code 1: fstrim: /upper: Input/output error");
    assertThat(script.closed).isTrue();
  }

  @Test
  void soIsOneThatStaysHeld() throws Exception {
    Script script = new Script("frozen\n", "fsfreeze: /upper: unfreeze failed\n", 1);
    Frozen frozen = Frozen.begin(script);

    assertThatThrownBy(frozen::close)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write to its upper disk again: exit code 1: fsfreeze");
    assertThat(script.closed).isTrue();
  }

  /** The script {@code freeze}, with what it says and how it ends. */
  private static final class Script implements GuestExec {
    private final InputStream out;
    private final InputStream err;
    private final int code;
    private boolean inputEnded;
    private boolean closed;

    Script(String out, String err, int code) {
      this.out = new ByteArrayInputStream(out.getBytes(StandardCharsets.US_ASCII));
      this.err = new ByteArrayInputStream(err.getBytes(StandardCharsets.US_ASCII));
      this.code = code;
    }

    @Override
    public OutputStream stdin() {
      return new ByteArrayOutputStream() {
        @Override
        public void close() {
          inputEnded = true;
        }
      };
    }

    @Override
    public InputStream stdout() {
      return out;
    }

    @Override
    public InputStream stderr() {
      return err;
    }

    @Override
    public int await() {
      return code;
    }

    @Override
    public int transfer(InputStream in, OutputStream out, OutputStream err) {
      throw new AssertionError("nothing is transferred");
    }

    @Override
    public void cancel() {
      closed = true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
