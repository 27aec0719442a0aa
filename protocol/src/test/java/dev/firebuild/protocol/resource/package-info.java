@NullMarked
package dev.firebuild.protocol.resource;

import org.jspecify.annotations.NullMarked;
