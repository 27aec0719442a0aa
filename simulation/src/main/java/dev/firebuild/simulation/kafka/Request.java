package dev.firebuild.simulation.kafka;

import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;

/** A record of a request topic. */
public sealed interface Request {
  String id();

  int attempt();

  record Build(String id, BuildRequest request, int attempt) implements Request {}

  record Run(String id, RunRequest request, int attempt) implements Request {}
}
