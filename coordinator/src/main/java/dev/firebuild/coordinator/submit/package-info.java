/** Records that this coordinator writes: requests and commands. Uses protocol and messaging. */
@NullMarked
package dev.firebuild.coordinator.submit;

import org.jspecify.annotations.NullMarked;
