/**
 * The {@code cni} network: the host's configurations and plugins as the Container Network Interface
 * specifies them (<a href="https://www.cni.dev/docs/spec/">cni.dev</a>), joined with the machine's
 * tap by our own filter. Uses {@code network} and {@code host}.
 */
@NullMarked
package dev.firebuild.worker.network.cni;

import org.jspecify.annotations.NullMarked;
