/**
 * The coordinator: HTTP API, server-sent events, the owner of documents, contexts. Uses {@code
 * protocol}, {@code dockerfile}, {@code messaging}.
 */
@NullMarked
package dev.firebuild.coordinator;

import org.jspecify.annotations.NullMarked;
