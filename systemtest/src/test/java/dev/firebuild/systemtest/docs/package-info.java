@NullMarked
package dev.firebuild.systemtest.docs;

import org.jspecify.annotations.NullMarked;
