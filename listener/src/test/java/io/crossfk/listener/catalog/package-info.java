/** Tests on real catalogues. */
@NullMarked
package io.crossfk.listener.catalog;

import org.jspecify.annotations.NullMarked;
