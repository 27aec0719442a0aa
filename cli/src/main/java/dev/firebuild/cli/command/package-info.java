/**
 * The client's commands, each a thin face of the HTTP API. Uses client, output and protocol;
 * collaborators come through {@link dev.firebuild.cli.command.CliContext}.
 */
@NullMarked
package dev.firebuild.cli.command;

import org.jspecify.annotations.NullMarked;
