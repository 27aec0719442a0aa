/**
 * The parts that stay: the all-in-one node ({@code up}, {@code status}, {@code down}), coordinator
 * and worker as processes of their own, {@code quickstart} and {@code doctor}. {@link
 * dev.firebuild.cli.node.Node} puts the parts together; every path below the data folder comes from
 * {@link dev.firebuild.cli.node.NodeFiles}. May use all modules; no other package of {@code cli}
 * but {@code client}.
 */
@NullMarked
package dev.firebuild.cli.node;

import org.jspecify.annotations.NullMarked;
