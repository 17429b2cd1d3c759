package io.crossfk.listener.catalog;

import io.crossfk.rules.model.TableReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What one reading of one database gave.
 *
 * @param schemas all of them but PostgreSQL's own
 * @param tables those asked for that exist
 * @param neighbours where a table asked for is missing: the tables of its schema, and those of its
 *     name elsewhere
 */
record DatabaseFacts(
    Server server,
    Set<String> schemas,
    Map<TableReference, TableFacts> tables,
    Set<TableReference> neighbours) {

  DatabaseFacts {
    schemas = Set.copyOf(schemas);
    tables = Map.copyOf(tables);
    neighbours = Set.copyOf(neighbours);
  }

  /** The tables of a schema, for "did you mean". */
  Set<String> tablesIn(String schema) {
    return neighbours.stream()
        .filter(table -> table.schema().equals(schema))
        .map(TableReference::table)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The schemas that have a table of this name. */
  Set<String> schemasWith(String table) {
    return neighbours.stream()
        .filter(other -> other.table().equals(table))
        .map(TableReference::schema)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * The server and our role in it.
   *
   * @param instance equal for two databases if one running server has them both
   * @param database PostgreSQL's own name of it
   * @param roleSql our role's name, quoted if SQL needs it
   * @param rdsReplication whether our role is a member of {@code rds_replication}; empty where that
   *     role does not exist
   */
  record Server(
      int versionNumber,
      String version,
      String instance,
      String database,
      boolean inRecovery,
      String walLevel,
      String roleSql,
      boolean replication,
      Optional<Boolean> rdsReplication,
      Slots slots,
      int senders,
      int mostSenders) {}

  /**
   * The server's replication slots.
   *
   * @param ours whether there is one of our name
   * @param oursIn the database that it belongs to
   * @param idle names of slots that nobody reads
   */
  record Slots(int used, int most, boolean ours, Optional<String> oursIn, List<String> idle) {
    Slots {
      idle = List.copyOf(idle);
    }
  }
}
