@NullMarked
package dev.firebuild.coordinator.feed;

import org.jspecify.annotations.NullMarked;
