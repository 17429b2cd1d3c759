/** Random work and random faults on real servers, and a checker that knows what really happened. */
@NullMarked
package io.crossfk.listener.randomwork;

import org.jspecify.annotations.NullMarked;
