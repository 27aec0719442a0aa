@NullMarked
package dev.firebuild.worker.http;

import org.jspecify.annotations.NullMarked;
