package io.crossfk.listener.feed;

import java.util.Optional;

/**
 * Which server, and which of its histories, the journal's positions belong to. A difference means a
 * gap. Opaque to the feed: kept and given back, never interpreted.
 *
 * @param system PostgreSQL's system identifier
 * @param timeline PostgreSQL's timeline
 * @param reset {@code pg_stat_wal.stats_reset}, which a crash changes and a clean restart does not;
 *     as the database writes it
 */
public record SourceIdentity(String system, long timeline, Optional<String> reset) {}
