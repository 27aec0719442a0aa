/**
 * Workers whose engines do nothing but wait and talk: for what is asked of the queue and the log.
 */
@NullMarked
package dev.firebuild.systemtest.fake;

import org.jspecify.annotations.NullMarked;
