/** The judge: events in, questions and transitions out; no I/O, no clock, no thread. */
@NullMarked
package io.crossfk.rules.judge;

import org.jspecify.annotations.NullMarked;
