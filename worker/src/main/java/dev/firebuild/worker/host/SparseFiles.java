package dev.firebuild.worker.host;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Files with holes. Java can't ask where they are, so {@code lseek(2)} is called directly; the data
 * itself goes through {@code copy_file_range(2)}, which shares blocks where the file system can.
 */
public final class SparseFiles {
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int NO_MORE_DATA = 6; // ENXIO
  private static final int READ_ONLY_CLOSE_ON_EXEC = 0x80000;

  private SparseFiles() {}

  /** Makes {@code file}, which must not exist, a hole of {@code bytes}. */
  public static void create(Path file, long bytes) throws IOException {
    Files.createFile(file);
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(bytes);
    }
  }

  /** Copies {@code from} to {@code to}, which must not exist, and keeps its holes. */
  public static void copy(Path from, Path to) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        Extents extents = new Extents(from)) {
      long size = in.size();
      long position = 0;
      while (position < size) {
        long start = extents.next(position, SEEK_DATA);
        if (start < 0) {
          break;
        }
        position = extents.next(start, SEEK_HOLE);
        transfer(in, start, position, out);
      }
      if (out.size() < size) {
        // Extends the file by a hole: writing its last byte would allocate a block.
        try (RandomAccessFile access = new RandomAccessFile(to.toFile(), "rw")) {
          access.setLength(size);
        }
      }
    }
  }

  private static void transfer(FileChannel in, long start, long end, FileChannel out)
      throws IOException {
    out.position(start);
    for (long at = start; at < end; ) {
      long n = in.transferTo(at, end - at, out);
      if (n <= 0) {
        throw new IOException("the file became shorter while it was copied, at byte " + at);
      }
      at += n;
    }
  }

  /** The data and the holes of one file. */
  private static final class Extents implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
        ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN =
        function(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle LSEEK =
        function(
            "lseek",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
        function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = arena.allocate(ERRNO_LAYOUT);
    private final Path file;
    private final int descriptor;

    Extents(Path file) throws IOException {
      this.file = file;
      MemorySegment name = arena.allocateFrom(file.toString());
      try {
        descriptor = (int) OPEN.invokeExact(state, name, READ_ONLY_CLOSE_ON_EXEC);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
      if (descriptor < 0) {
        throw error("open");
      }
    }

    /** Where the next data or hole begins at or after {@code offset}; -1 if there is none. */
    long next(long offset, int whence) throws IOException {
      long found;
      try {
        found = (long) LSEEK.invokeExact(state, descriptor, offset, whence);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
      if (found < 0 && errno() != NO_MORE_DATA) {
        throw error("lseek");
      }
      return found;
    }

    @Override
    public void close() {
      try {
        int ignored = (int) CLOSE.invokeExact(state, descriptor);
      } catch (Throwable e) {
        throw new AssertionError(e);
      } finally {
        arena.close();
      }
    }

    private int errno() {
      return (int) ERRNO.get(state, 0L);
    }

    private IOException error(String call) {
      return new IOException("%s: %s failed, errno %d".formatted(file, call, errno()));
    }

    @SuppressWarnings("restricted") // the signatures are those of the C library
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
      return LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow(name),
          descriptor,
          Linker.Option.captureCallState("errno"));
    }
  }
}
