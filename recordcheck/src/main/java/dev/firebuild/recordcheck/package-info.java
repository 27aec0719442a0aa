/**
 * For the tests of all modules: holds records of a real installation, or of a simulated one,
 * against what is published about them: the AsyncAPI document, its schemas, and {@code
 * docs/events.md}; and the answers of coordinators against their OpenAPI document. Uses none of the
 * code that writes and reads either.
 */
@NullMarked
package dev.firebuild.recordcheck;

import org.jspecify.annotations.NullMarked;
