package io.crossfk.listener.source.postgres;

import io.crossfk.rules.change.Table;

/**
 * How the tuples of one relation of the stream are read.
 *
 * @param slots for each column on the wire its index in the rows of the table, or -1 if it is
 *     skipped
 */
@SuppressWarnings("ArrayRecordComponent") // read on the hot path, compared by nobody
record Relation(Table table, int[] slots) {}
