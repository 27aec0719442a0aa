@NullMarked
package dev.firebuild.cli.output;

import org.jspecify.annotations.NullMarked;
