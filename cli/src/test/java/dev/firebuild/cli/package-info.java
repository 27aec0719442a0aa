@NullMarked
package dev.firebuild.cli;

import org.jspecify.annotations.NullMarked;
