/** What people see: tables, times, sizes, the seed's log lines, the progress of a build. Pure. */
@NullMarked
package dev.firebuild.cli.output;

import org.jspecify.annotations.NullMarked;
