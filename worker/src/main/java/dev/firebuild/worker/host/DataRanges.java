package dev.firebuild.worker.host;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a sparse file has data, by lseek(2) with {@code SEEK_DATA} and {@code SEEK_HOLE}, which
 * Java's own file classes do not offer. A file system without holes reports one range: correct,
 * only slow.
 */
public final class DataRanges {
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int O_RDONLY_CLOEXEC = 02000000;
  private static final int ENXIO = 6;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          ERRNO,
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle LSEEK =
      function(
          "lseek",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT),
          ERRNO);
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  /** Bytes {@code start} to {@code end}, the latter excluded. */
  public record Range(long start, long end) {}

  private DataRanges() {}

  /** Bytes of {@code file} outside its holes: about what it occupies on the disk. */
  public static long bytes(Path file) throws IOException {
    long sum = 0;
    for (Range range : of(file)) {
      sum += range.end() - range.start();
    }
    return sum;
  }

  /** The ranges of {@code file} outside its holes, in order. */
  public static List<Range> of(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
      int descriptor =
          (int) OPEN.invokeExact(errno, arena.allocateFrom(file.toString()), O_RDONLY_CLOEXEC);
      if (descriptor < 0) {
        throw new IOException("cannot open %s: error %d".formatted(file, number(errno)));
      }
      try {
        return ranges(descriptor, errno, file);
      } finally {
        var _ = (int) CLOSE.invokeExact(descriptor);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
  }

  private static List<Range> ranges(int descriptor, MemorySegment errno, Path file)
      throws Throwable {
    List<Range> ranges = new ArrayList<>();
    long position = 0;
    while (true) {
      long start = (long) LSEEK.invokeExact(errno, descriptor, position, SEEK_DATA);
      if (start < 0) {
        if (number(errno) == ENXIO) {
          return ranges;
        }
        throw new IOException("cannot seek in %s: error %d".formatted(file, number(errno)));
      }
      long end = (long) LSEEK.invokeExact(errno, descriptor, start, SEEK_HOLE);
      if (end < 0) {
        throw new IOException("cannot seek in %s: error %d".formatted(file, number(errno)));
      }
      ranges.add(new Range(start, end));
      position = end;
    }
  }

  private static int number(MemorySegment errno) {
    return errno.get(ValueLayout.JAVA_INT, 0);
  }

  // Native access is what this class is for; the launchers allow it.
  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().find(name).orElseThrow(), descriptor, options);
  }
}
