/** What happened: the values of the event topic, CloudEvents in binary mode. */
@NullMarked
package dev.firebuild.protocol.event;

import org.jspecify.annotations.NullMarked;
