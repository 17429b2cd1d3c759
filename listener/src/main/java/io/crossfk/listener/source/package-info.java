/** From a database's log to a stream of changes, whatever the engine. */
@NullMarked
package io.crossfk.listener.source;

import org.jspecify.annotations.NullMarked;
