/**
 * The {@code user} network: a namespace, slirp4netns and one nft table; no root and no set-up. Uses
 * {@code network} and {@code host}.
 */
@NullMarked
package dev.firebuild.worker.network.user;

import org.jspecify.annotations.NullMarked;
