/**
 * A whole installation on one thread and one seed, and what must be true of it after every step.
 */
@NullMarked
package io.crossfk.rules.simulation;

import org.jspecify.annotations.NullMarked;
