@NullMarked
package dev.firebuild.coordinator.http;

import org.jspecify.annotations.NullMarked;
