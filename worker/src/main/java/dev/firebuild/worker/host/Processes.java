package dev.firebuild.worker.host;

import java.io.IOException;

/** Runs external programs: the only class that does. */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString", "UnusedVariable"})
public final class Processes {
  /** Runs {@code command} to its end, within its time; killed with its children after it. */
  public ProcessResult run(ProcessCommand command) throws IOException {
    throw new UnsupportedOperationException(command.toString());
  }
}
