/** What is asked for: the values of the request and command topics. */
@NullMarked
package dev.firebuild.protocol.request;

import org.jspecify.annotations.NullMarked;
