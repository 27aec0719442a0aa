/**
 * What {@code firebuild doctor} looks at on a host. A {@link dev.firebuild.worker.doctor.Check} is
 * a function of a {@link dev.firebuild.worker.doctor.Host}; {@link
 * dev.firebuild.worker.doctor.Catalog} lists all of them, {@link
 * dev.firebuild.worker.doctor.Checkup} goes through them. Changes nothing. May use {@code host}.
 */
@NullMarked
package dev.firebuild.worker.doctor;

import org.jspecify.annotations.NullMarked;
