/**
 * What the HTTP API shows: documents as resources, without what only owners need. The coordinator
 * writes them, clients read them.
 */
@NullMarked
package dev.firebuild.protocol.resource;

import org.jspecify.annotations.NullMarked;
