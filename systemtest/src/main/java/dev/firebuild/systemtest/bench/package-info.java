/**
 * {@code ./bench}: how fast it is, each measure beside its floor or rival in the same run. The
 * parts measured are processes of their own; what is not (engines, where the queue is measured) is
 * a fake.
 */
@NullMarked
package dev.firebuild.systemtest.bench;

import org.jspecify.annotations.NullMarked;
