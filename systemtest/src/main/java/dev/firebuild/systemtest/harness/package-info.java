/**
 * What system tests run on: the checkout, the {@code firebuild} command, nodes with data and ports
 * of their own. Knows no test framework. Uses nothing of firebuild but its command, its files and
 * its HTTP API.
 */
@NullMarked
package dev.firebuild.systemtest.harness;

import org.jspecify.annotations.NullMarked;
