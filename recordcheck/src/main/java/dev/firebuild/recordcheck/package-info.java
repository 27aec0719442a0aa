/**
 * For the tests of all modules: holds records of a real installation, or of a simulated one,
 * against what is published about them: the AsyncAPI document, its schemas, and {@code
 * docs/events.md}. Uses none of the code that writes and reads records.
 */
@NullMarked
package dev.firebuild.recordcheck;

import org.jspecify.annotations.NullMarked;
