/**
 * What a database needs before crossfk can listen to it, and how to take it back: a plan of
 * statements, each with its reason, to be printed for a person or done.
 */
@NullMarked
package io.crossfk.listener.setup;

import org.jspecify.annotations.NullMarked;
