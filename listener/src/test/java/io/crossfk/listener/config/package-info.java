/** Wrong configurations and the exact words that answer them. */
@NullMarked
package io.crossfk.listener.config;

import org.jspecify.annotations.NullMarked;
