/** What a database's log says, independent of the engine that wrote it. */
@NullMarked
package io.crossfk.rules.change;

import org.jspecify.annotations.NullMarked;
