@NullMarked
package dev.firebuild.coordinator.owner.kafka;

import org.jspecify.annotations.NullMarked;
