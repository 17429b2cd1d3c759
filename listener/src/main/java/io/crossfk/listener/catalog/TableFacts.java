package io.crossfk.listener.catalog;

import io.crossfk.rules.model.TableReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What the catalogue says of one table.
 *
 * @param sql its name, qualified, and quoted if SQL needs it
 * @param schemaSql its schema's name, likewise
 * @param kind {@code pg_class.relkind}
 * @param persistence {@code pg_class.relpersistence}
 * @param schemaUsable whether our role may use the schema
 * @param versionReadable whether our role may read the rows' {@code xmin}
 * @param placeReadable whether our role may read the rows' {@code ctid}
 * @param filtered whether row-level security applies to our role
 * @param columns in their order
 * @param partitionKey columns that it is partitioned by; an empty name for an expression
 * @param members its partitions, or the tables that inherit from it, over all generations
 * @param ancestors the partitioned tables that it is a partition of
 * @param size for people, with its partitions; asked for only where it matters, empty as well if
 *     the table was locked
 */
record TableFacts(
    TableReference table,
    String sql,
    String schemaSql,
    char kind,
    char persistence,
    boolean schemaUsable,
    boolean versionReadable,
    boolean placeReadable,
    boolean filtered,
    SequencedMap<String, Column> columns,
    List<Index> indexes,
    List<String> partitionKey,
    List<Member> members,
    List<TableReference> ancestors,
    Optional<String> size) {

  TableFacts {
    columns = new LinkedHashMap<>(columns);
    indexes = List.copyOf(indexes);
    partitionKey = List.copyOf(partitionKey);
    members = List.copyOf(members);
    ancestors = List.copyOf(ancestors);
  }

  /** How a column comes by its value. */
  enum Generation {
    /** It is written. */
    NONE,
    STORED,
    VIRTUAL
  }

  /**
   * A column.
   *
   * @param sql its name, quoted if SQL needs it
   * @param readable whether our role may read it
   */
  record Column(String name, String sql, boolean readable, Generation generation, Type type) {}

  /**
   * A column's type: a domain's base.
   *
   * @param shown as people write the column's own type
   * @param kind {@code pg_type.typtype}
   * @param schemaSql the schema's name, quoted if SQL needs it
   * @param schemaUsable whether our role may name it
   * @param citext whether it is the type of that extension
   * @param deterministic false if the column's collation calls different texts equal
   */
  record Type(
      String shown,
      String schema,
      String name,
      char kind,
      String schemaSql,
      boolean schemaUsable,
      boolean citext,
      boolean deterministic) {

    boolean builtIn() {
      return schema.equals("pg_catalog");
    }
  }

  /**
   * An index.
   *
   * @param sql its name, qualified, and quoted if SQL needs it
   * @param columns those of its key; an empty name for an expression
   * @param immediate false for a deferrable constraint's
   * @param predicate of a partial index
   * @param collated whether it sorts by the columns' own collations
   */
  record Index(
      String sql,
      List<String> columns,
      boolean unique,
      boolean immediate,
      boolean valid,
      boolean primary,
      boolean replicaIdentity,
      Optional<String> predicate,
      String method,
      boolean collated) {
    Index {
      columns = List.copyOf(columns);
    }

    boolean isOn(List<String> key) {
      return columns.size() == key.size() && Set.copyOf(columns).equals(Set.copyOf(key));
    }

    /** Whether it finds the rows of a key whose columns are not null. */
    boolean finds(List<String> key, Map<String, Column> described) {
      return valid
          && collated
          && (method.equals("btree") || method.equals("hash"))
          && columns.size() >= key.size()
          && new HashSet<>(columns.subList(0, key.size())).equals(new HashSet<>(key))
          && predicate.map(text -> holdsForEvery(text, key, described)).orElse(true);
    }

    /** A key is looked up by equality, so an index without the nulls has all of its rows. */
    private static boolean holdsForEvery(
        String predicate, List<String> key, Map<String, Column> described) {
      Set<String> notNull = new HashSet<>();
      for (String column : key) {
        Column fact = described.get(column);
        if (fact != null) {
          notNull.add(fact.sql() + " IS NOT NULL");
        }
      }
      return notNull.containsAll(List.of(predicate.replaceAll("[()]", "").split(" AND ", -1)));
    }
  }

  /** A partition, or a table that inherits. */
  record Member(String sql, char kind, char persistence) {}

  boolean partitioned() {
    return kind == 'p';
  }

  boolean hasIndexFor(List<String> key) {
    return indexes.stream().anyMatch(index -> index.finds(key, columns));
  }

  /** What a foreign key inside one database demands of its target too. */
  boolean isUnique(List<String> key) {
    return indexes.stream()
        .anyMatch(
            index ->
                index.unique()
                    && index.immediate()
                    && index.valid()
                    && index.predicate().isEmpty()
                    && index.isOn(key));
  }

  /** The columns that tell people which row it is: primary key, else the replica identity's. */
  List<String> rowIdentity() {
    return indexes.stream()
        .filter(Index::primary)
        .findFirst()
        .or(() -> indexes.stream().filter(Index::replicaIdentity).findFirst())
        .map(Index::columns)
        .orElse(List.of());
  }

  /** The columns' names as SQL has them, in the given order. */
  String sqlOf(List<String> names) {
    List<String> quoted = new ArrayList<>();
    for (String name : names) {
      Column column = columns.get(name);
      quoted.add(column == null ? name : column.sql());
    }
    return String.join(", ", quoted);
  }

  TableFacts withSize(String newSize) {
    return new TableFacts(
        table,
        sql,
        schemaSql,
        kind,
        persistence,
        schemaUsable,
        versionReadable,
        placeReadable,
        filtered,
        columns,
        indexes,
        partitionKey,
        members,
        ancestors,
        Optional.of(newSize));
  }
}
