/**
 * Real PostgreSQL servers and Kafka brokers on loopback and free ports, that leave nothing behind.
 */
@NullMarked
package io.crossfk.sandbox;

import org.jspecify.annotations.NullMarked;
