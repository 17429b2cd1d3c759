/** The hard cases: what is huge, late, invisible, old or wrong, each against real servers. */
@NullMarked
package io.crossfk.listener.hard;

import org.jspecify.annotations.NullMarked;
