package dev.firebuild.cli.client;

import dev.firebuild.protocol.resource.Problem;

/** The node refuses a request. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  public ApiException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  /** Whether the node says {@code code}. */
  public boolean is(String code) {
    return problem.code().equals(code);
  }
}
