@NullMarked
package dev.firebuild.cli.client;

import org.jspecify.annotations.NullMarked;
