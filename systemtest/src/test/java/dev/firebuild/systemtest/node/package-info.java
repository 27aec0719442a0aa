@NullMarked
package dev.firebuild.systemtest.node;

import org.jspecify.annotations.NullMarked;
