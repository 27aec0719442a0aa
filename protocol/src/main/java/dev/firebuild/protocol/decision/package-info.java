/**
 * The rules: what the owner makes of a document and an input, and which events a reader believes.
 * Pure functions of values; whoever calls them brings documents, inputs and times.
 */
@NullMarked
package dev.firebuild.protocol.decision;

import org.jspecify.annotations.NullMarked;
