package dev.firebuild.worker.guest;

import java.util.List;

/**
 * A build step that runs a program.
 *
 * @param program what runs, as process 1 of fresh PID and mount namespaces with Docker's
 *     capabilities
 * @param network false: the step has a loopback interface of its own and nothing else
 * @param documents what the step finds in {@code /dev/pipes}, which it cannot change; without any
 *     there is no such directory
 */
public record Step(Program program, boolean network, List<Document> documents) {
  public Step {
    documents = List.copyOf(documents);
  }

  /** A step without documents. */
  public Step(Program program, boolean network) {
    this(program, network, List.of());
  }

  /**
   * A file for the step alone.
   *
   * @param name one component of a path
   * @param mode permission bits
   */
  public record Document(String name, int mode, String content) {
    /** Throws {@link IllegalArgumentException} if the name leads out of the directory. */
    public Document {
      if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException("name: expected one component of a path, not " + name);
      }
    }
  }
}
