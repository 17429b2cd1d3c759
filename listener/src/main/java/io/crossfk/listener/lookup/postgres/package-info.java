/** Look-ups and audits on PostgreSQL: the SQL, its pools, and who may use them when. */
@NullMarked
package io.crossfk.listener.lookup.postgres;

import org.jspecify.annotations.NullMarked;
