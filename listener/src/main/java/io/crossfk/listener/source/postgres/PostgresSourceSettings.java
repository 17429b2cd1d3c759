package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.TableReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a {@link PostgresSource} reads, and from where on.
 *
 * @param startAt the journaled position, or the consistent point of a slot made just now;
 *     everything that committed after it is delivered
 * @param oids which tables have these oids now; need not name them all
 * @param expected the server that {@code startAt} belongs to; empty if nothing was journaled yet
 */
public record PostgresSourceSettings(
    PostgresAddress address,
    String slot,
    String publication,
    Position startAt,
    Optional<SourceIdentity> expected,
    List<WatchedTable> tables,
    Map<Long, TableReference> oids,
    StreamLimits limits) {

  /** PostgreSQL's own rule for the names of slots; pgjdbc does not quote them. */
  private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");

  public PostgresSourceSettings {
    tables = List.copyOf(tables);
    oids = Map.copyOf(oids);
    requireSlotName(address.database(), slot);
    if (startAt.equals(Position.ZERO)) {
      throw new IllegalArgumentException(
          address.database() + ": a stream needs a position to start at, 0/0 is none");
    }
    for (WatchedTable table : tables) {
      if (!table.table().database().equals(address.database())) {
        throw new IllegalArgumentException(
            "database " + address.database() + " cannot stream " + table.table());
      }
    }
  }

  static void requireSlotName(String database, String slot) {
    if (!SLOT_NAME.matcher(slot).matches()) {
      throw new IllegalArgumentException(
          database
              + ": \""
              + slot
              + "\" is no name for a replication slot: at most 63 of a-z, 0-9 and _");
    }
  }
}
