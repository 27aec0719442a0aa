package dev.firebuild.dockerfile.instruction;

import java.util.Optional;

/**
 * A variable of ARG.
 *
 * @param defaultValue before variables are expanded and quotes removed
 */
public record Argument(String name, Optional<String> defaultValue) {}
