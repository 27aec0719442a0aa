@NullMarked
package dev.firebuild.worker;

import org.jspecify.annotations.NullMarked;
