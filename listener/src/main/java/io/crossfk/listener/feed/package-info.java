/** Verdicts to Kafka, and the durable memory back on start: one transaction per cut (I5). */
@NullMarked
package io.crossfk.listener.feed;

import org.jspecify.annotations.NullMarked;
