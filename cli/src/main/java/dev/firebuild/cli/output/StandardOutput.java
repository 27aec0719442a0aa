package dev.firebuild.cli.output;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * The standard output of this process, in UTF-8 whatever the locale says. {@link #checkError} tells
 * also before something is written that nobody reads it any more: {@code events -f | head -1} has
 * nothing to write while nothing happens.
 */
public final class StandardOutput extends PrintStream {
  private static final int NUMBER = 1;

  /** Opens it. */
  public StandardOutput() {
    super(
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
        true,
        StandardCharsets.UTF_8);
  }

  @Override
  public boolean checkError() {
    return super.checkError() || Poll.isAbandoned(NUMBER);
  }

  /** {@code poll(2)}; looked up only by who needs it. */
  private static final class Poll {
    /** {@code POLLERR}: the last reader of a pipe has gone; {@code POLLHUP}: the terminal has. */
    private static final int ABANDONED = 0x8 | 0x10;

    private static final StructLayout POLLFD =
        MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("fd"),
            ValueLayout.JAVA_SHORT.withName("events"),
            ValueLayout.JAVA_SHORT.withName("revents"));

    private static final long REVENTS =
        POLLFD.byteOffset(MemoryLayout.PathElement.groupElement("revents"));

    @SuppressWarnings("restricted") // of libc, with the types that its manual page gives
    private static final MethodHandle FUNCTION =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("poll"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT));

    static boolean isAbandoned(int descriptor) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment asked = arena.allocate(POLLFD);
        asked.set(ValueLayout.JAVA_INT, 0, descriptor);
        int answers = (int) FUNCTION.invokeExact(asked, 1L, 0);
        return answers > 0 && (asked.get(ValueLayout.JAVA_SHORT, REVENTS) & ABANDONED) != 0;
      } catch (Throwable e) {
        throw new IllegalStateException("poll(2) cannot be called", e);
      }
    }
  }
}
