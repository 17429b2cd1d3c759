/** The whole of crossfk, from SQL on real databases to records on a real Kafka. */
@NullMarked
package io.crossfk.listener.endtoend;

import org.jspecify.annotations.NullMarked;
