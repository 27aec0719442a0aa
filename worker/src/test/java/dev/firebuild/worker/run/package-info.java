@NullMarked
package dev.firebuild.worker.run;

import org.jspecify.annotations.NullMarked;
