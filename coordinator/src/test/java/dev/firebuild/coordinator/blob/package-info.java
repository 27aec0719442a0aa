@NullMarked
package dev.firebuild.coordinator.blob;

import org.jspecify.annotations.NullMarked;
