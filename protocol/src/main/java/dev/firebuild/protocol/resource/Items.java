package dev.firebuild.protocol.resource;

import java.util.List;

/** A list as the HTTP API shows it: {@code {"items": […]}}. */
public record Items<T>(List<T> items) {}
