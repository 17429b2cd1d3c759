/** Wrong text and the exact words that answer it. */
@NullMarked
package io.crossfk.rules.text;

import org.jspecify.annotations.NullMarked;
