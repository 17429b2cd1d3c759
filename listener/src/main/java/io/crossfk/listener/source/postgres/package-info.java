/** PostgreSQL as a source: publication, slot, replication stream and the decoder of pgoutput. */
@NullMarked
package io.crossfk.listener.source.postgres;

import org.jspecify.annotations.NullMarked;
