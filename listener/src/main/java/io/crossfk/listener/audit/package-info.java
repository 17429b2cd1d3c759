/**
 * What is broken, from whole tables instead of from the stream: keys of both sides are read, those
 * without a parent are candidates, and each candidate is proved by I4 before anybody hears of it.
 */
@NullMarked
package io.crossfk.listener.audit;

import org.jspecify.annotations.NullMarked;
