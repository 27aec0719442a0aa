/**
 * How the command talks to a node: where it is, requests, streams of events, errors for people.
 * Uses protocol.
 */
@NullMarked
package dev.firebuild.cli.client;

import org.jspecify.annotations.NullMarked;
