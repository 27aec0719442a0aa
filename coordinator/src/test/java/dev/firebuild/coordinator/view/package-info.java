@NullMarked
package dev.firebuild.coordinator.view;

import org.jspecify.annotations.NullMarked;
