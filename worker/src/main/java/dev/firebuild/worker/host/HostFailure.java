package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** What failed on this host, in words for people who are not on it. */
public final class HostFailure {
  private HostFailure() {}

  /** Why {@code e}: the messages of the JDK's file exceptions are paths, which are its own. */
  public static String reason(IOException e) {
    if (e instanceof FileSystemException file) {
      return file.getReason() == null ? file.getClass().getSimpleName() : file.getReason();
    }
    return String.valueOf(e.getMessage());
  }
}
