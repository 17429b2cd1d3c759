/** Keys, their canonical forms, and which column types compare across two databases. */
@NullMarked
package io.crossfk.rules.key;

import org.jspecify.annotations.NullMarked;
