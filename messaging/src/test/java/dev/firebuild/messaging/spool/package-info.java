/** What is left of a spool after a crash. */
@NullMarked
package dev.firebuild.messaging.spool;

import org.jspecify.annotations.NullMarked;
