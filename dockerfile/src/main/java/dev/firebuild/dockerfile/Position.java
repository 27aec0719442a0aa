package dev.firebuild.dockerfile;

/**
 * A place in a Dockerfile.
 *
 * @param line from 1
 * @param column from 1, in UTF-16 code units
 */
public record Position(int line, int column) {}
