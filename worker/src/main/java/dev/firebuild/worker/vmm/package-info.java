/** Virtual machine monitors behind one interface. Uses {@code host}. */
@NullMarked
package dev.firebuild.worker.vmm;

import org.jspecify.annotations.NullMarked;
