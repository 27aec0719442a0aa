package dev.firebuild.dockerfile.check;

import dev.firebuild.dockerfile.Location;

/** Something that is allowed and not advisable. */
public record CheckWarning(CheckRule rule, Location location, String message) {}
