@NullMarked
package dev.firebuild.worker.doctor;

import org.jspecify.annotations.NullMarked;
