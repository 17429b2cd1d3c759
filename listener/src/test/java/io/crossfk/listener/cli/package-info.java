/** Tests of the command line. */
@NullMarked
package io.crossfk.listener.cli;

import org.jspecify.annotations.NullMarked;
