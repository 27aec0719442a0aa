@NullMarked
package dev.firebuild.cli.node;

import org.jspecify.annotations.NullMarked;
