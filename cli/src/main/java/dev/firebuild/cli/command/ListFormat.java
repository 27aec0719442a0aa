package dev.firebuild.cli.command;

/** How lists are shown. */
enum ListFormat {
  TABLE,
  /** One object per line. */
  JSON
}
