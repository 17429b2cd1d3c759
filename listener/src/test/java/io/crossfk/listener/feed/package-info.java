/** Promises of the feed. */
@NullMarked
package io.crossfk.listener.feed;

import org.jspecify.annotations.NullMarked;
