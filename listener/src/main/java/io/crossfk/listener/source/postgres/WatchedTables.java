package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Table;
import io.crossfk.rules.model.TableReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The watched tables of one database by their names in the log, with the description that the log
 * gave of each last. It outlives a connection, so that a table described anew in the same way stays
 * the same object. Used by the source's thread only.
 */
final class WatchedTables {
  private final Map<String, Map<String, WatchedTable>> bySchema = new HashMap<>();
  private final Map<TableReference, Table> described = new HashMap<>();
  private final BiConsumer<TableReference, String> unfit;
  private volatile Map<Long, TableReference> byOid = Map.of();

  /**
   * @param unfit told of each description that its rules cannot be judged by
   */
  WatchedTables(Collection<WatchedTable> tables, BiConsumer<TableReference, String> unfit) {
    for (WatchedTable table : tables) {
      bySchema
          .computeIfAbsent(table.table().schema(), schema -> new HashMap<>())
          .put(table.table().table(), table);
    }
    this.unfit = unfit;
  }

  /** Which tables have these oids now, whatever the log still calls them. Any thread may call. */
  void known(Map<Long, TableReference> tables) {
    byOid = Map.copyOf(tables);
  }

  /**
   * The watched table, or null. By its oid first: PostgreSQL's sender goes on to use the name that
   * a partitioned table had when it first told of one of its partitions, also after the table has
   * its name back. pgoutput leaves the schema pg_catalog empty.
   *
   * @param oid unsigned
   */
  @Nullable WatchedTable find(int oid, String schema, String table) {
    TableReference known = byOid.get(Integer.toUnsignedLong(oid));
    return known == null ? find(schema, table) : find(known.schema(), known.table());
  }

  private @Nullable WatchedTable find(String schema, String table) {
    Map<String, WatchedTable> tables = bySchema.get(schema);
    return tables == null ? null : tables.get(table);
  }

  /** The same object as before if the description is the same. */
  Table describe(WatchedTable watched, Table table) {
    Table before = described.get(watched.table());
    Table now = before != null && before.equals(table) ? before : table;
    described.put(watched.table(), now);
    verify(watched, now);
    return now;
  }

  /** Section 5, fact 6: what the log must carry is checked on every Relation message. */
  private void verify(WatchedTable watched, Table table) {
    Set<String> missing = new LinkedHashSet<>(watched.columns());
    Set<String> withoutOldValue = new LinkedHashSet<>(watched.oldKeyColumns());
    for (Table.Column column : table.columns()) {
      missing.remove(column.name());
      if (column.identity()) {
        withoutOldValue.remove(column.name());
      }
    }
    withoutOldValue.removeAll(missing);
    if (!missing.isEmpty()) {
      unfit.accept(
          watched.table(),
          "the log does not carry the columns "
              + missing
              + ": they were dropped or renamed, or the publication leaves them out");
    }
    if (!withoutOldValue.isEmpty()) {
      unfit.accept(
          watched.table(),
          "the log does not carry old values of "
              + withoutOldValue
              + ": make them part of the replica identity (ALTER TABLE "
              + watched.table().qualifiedName()
              + " REPLICA IDENTITY USING INDEX …, or FULL)");
    }
  }
}
