package dev.firebuild.cli.command;

/** How a build is shown. */
enum ProgressMode {
  /** A picture on a terminal, else plain. */
  AUTO,
  PLAIN,
  /** The stream of events itself, on standard output. */
  RAWJSON
}
