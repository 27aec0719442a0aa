@NullMarked
package dev.firebuild.systemtest.launcher;

import org.jspecify.annotations.NullMarked;
