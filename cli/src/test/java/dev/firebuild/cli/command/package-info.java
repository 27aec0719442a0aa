@NullMarked
package dev.firebuild.cli.command;

import org.jspecify.annotations.NullMarked;
