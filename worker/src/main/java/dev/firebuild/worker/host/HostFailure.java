package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.regex.Pattern;

/** What failed on this host, in words for people who are not on it. */
public final class HostFailure {
  /** An absolute path of two names at least; not a part of a URL, not the kernel's own files. */
  private static final Pattern PATH =
      Pattern.compile(
          "(?<![\\w/:.~-])/(?!dev/|proc/|sys/)(?:[^\\s/:;,='\"()\\[\\]{}<>|]+/)+"
              + "([^\\s/:;,='\"()\\[\\]{}<>|]*)");

  private HostFailure() {}

  /** Why {@code e}: the messages of the JDK's file exceptions are paths, which are its own. */
  public static String reason(IOException e) {
    if (e instanceof FileSystemException file) {
      return file.getReason() == null ? file.getClass().getSimpleName() : file.getReason();
    }
    return withoutFolders(String.valueOf(e.getMessage()));
  }

  /** {@code text} with the names of files, and without the folders of this host they lie in. */
  public static String withoutFolders(String text) {
    return PATH.matcher(text).replaceAll("…/$1");
  }
}
