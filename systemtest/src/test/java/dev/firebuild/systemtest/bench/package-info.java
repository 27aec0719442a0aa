/** Of {@code ./bench}: its statistics, that it runs, and what a node uses that is left alone. */
@NullMarked
package dev.firebuild.systemtest.bench;

import org.jspecify.annotations.NullMarked;
