/** What is: the values of the compacted state topic. */
@NullMarked
package dev.firebuild.protocol.document;

import org.jspecify.annotations.NullMarked;
