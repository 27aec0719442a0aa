@NullMarked
package dev.firebuild.systemtest.architecture;

import org.jspecify.annotations.NullMarked;
