/**
 * Measurements, each with its limit and its peers in the same run: {@code bench/run} is the door,
 * docs/performance.md tells what came out.
 */
@NullMarked
package io.crossfk.bench;

import org.jspecify.annotations.NullMarked;
