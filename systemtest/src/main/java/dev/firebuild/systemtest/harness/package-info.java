/**
 * What system tests run on: the checkout, the {@code firebuild} command, nodes with data and ports
 * of their own, brokers. Knows no test framework. Uses nothing of firebuild but its command, its
 * broker, its files, its HTTP API and its records.
 */
@NullMarked
package dev.firebuild.systemtest.harness;

import org.jspecify.annotations.NullMarked;
