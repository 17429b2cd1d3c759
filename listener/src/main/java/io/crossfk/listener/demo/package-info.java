/** {@code crossfk demo}: two databases, Kafka and crossfk in one process, and a story. */
@NullMarked
package io.crossfk.listener.demo;

import org.jspecify.annotations.NullMarked;
