package dev.firebuild.protocol.resource;

import java.util.List;
import java.util.Optional;

/**
 * A page of a list as the HTTP API shows it: {@code {"items": […], "next": "…"}}.
 *
 * @param next what {@code ?after=} needs to show the next page; absent: this is the last one
 */
public record Items<T>(List<T> items, Optional<String> next) {}
