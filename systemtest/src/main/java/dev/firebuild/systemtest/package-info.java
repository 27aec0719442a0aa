/** firebuild seen from outside: real processes of the built distribution. Uses all modules. */
@NullMarked
package dev.firebuild.systemtest;

import org.jspecify.annotations.NullMarked;
