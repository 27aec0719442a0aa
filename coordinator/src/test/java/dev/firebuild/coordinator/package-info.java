@NullMarked
package dev.firebuild.coordinator;

import org.jspecify.annotations.NullMarked;
