package dev.firebuild.protocol.document;

import dev.firebuild.protocol.event.Claim;

/**
 * The grant: which instance may work.
 *
 * @param instance drawn by the worker for the claim; the worker compares it with its own
 * @param claim the granted claim
 */
public record Assignment(String instance, Claim claim) {}
