/** What a foreign key means: PostgreSQL's own, and crossfk across two databases, side by side. */
@NullMarked
package io.crossfk.listener.semantics;

import org.jspecify.annotations.NullMarked;
