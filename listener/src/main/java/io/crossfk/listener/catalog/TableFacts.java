package io.crossfk.listener.catalog;

import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.model.TableReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a catalogue says of one relation.
 *
 * @param kind pg_class.relkind
 * @param persistence pg_class.relpersistence
 * @param rowsHidden whether row-level security would filter what our role reads
 * @param mayUseSchema whether our role has USAGE on the schema
 * @param mayReadVersions whether our role may read xmin, which a grant by column does not include
 * @param size of all rows, for people
 * @param columns by name, in the table's order
 * @param identities one for each part that holds rows: the table itself, or its partitions
 */
record TableFacts(
    TableReference table,
    char kind,
    char persistence,
    boolean rowsHidden,
    boolean mayUseSchema,
    boolean mayReadVersions,
    String size,
    Map<String, Column> columns,
    List<Index> indexes,
    List<Identity> identities) {

  /**
   * @param typeName the type as people write it
   * @param type empty if crossfk cannot compare it
   * @param generated pg_attribute.attgenerated: 's' stored, 'v' virtual, a blank if it is not
   * @param collation what decides its nondeterministic equality; empty if it is deterministic
   */
  record Column(
      String name,
      String typeName,
      Optional<ColumnType> type,
      boolean notNull,
      char generated,
      Optional<String> collation,
      boolean mayRead) {}

  /**
   * @param columns the key columns; an expression is an empty name
   * @param predicate of a partial index
   */
  record Index(
      String name,
      String method,
      boolean unique,
      boolean primary,
      boolean immediate,
      boolean valid,
      boolean replicaIdentity,
      Optional<String> predicate,
      List<String> columns,
      String definition) {

    /** Whether a foreign key could refer to these columns by it. */
    boolean makesUnique(List<String> names) {
      return unique
          && valid
          && immediate
          && predicate.isEmpty()
          && columns.size() == names.size()
          && columns.containsAll(names);
    }
  }

  /**
   * What of an old row is in the log.
   *
   * @param setting pg_class.relreplident
   * @param columns of the identity's index; empty if there is none
   */
  record Identity(String part, char setting, List<String> columns) {
    boolean isWhole() {
      return setting == 'f';
    }

    boolean exists() {
      return isWhole() || !columns.isEmpty();
    }

    boolean has(List<String> names) {
      return isWhole() || columns.containsAll(names);
    }
  }

  boolean isPartitioned() {
    return kind == 'p';
  }

  /** The primary key's columns, else the replica identity's. */
  List<String> rowIdentity() {
    return indexes.stream()
        .filter(Index::primary)
        .findFirst()
        .or(() -> indexes.stream().filter(Index::replicaIdentity).findFirst())
        .map(Index::columns)
        .orElse(List.of());
  }
}
