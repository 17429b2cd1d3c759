package io.crossfk.listener.catalog;

import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what rules need to know of one database, in the one transaction of its connection. It only
 * reads: what it means is for others to say.
 */
final class CatalogReader {
  /** A size is worth no more waiting than this. */
  private static final String LOCK_TIMEOUT = "1s";

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final Connection connection;
  private final CatalogDatabase database;

  CatalogReader(Connection connection, CatalogDatabase database) {
    this.connection = connection;
    this.database = database;
  }

  /**
   * A server of a version that crossfk does not know is asked nothing but its version.
   *
   * @param number as PostgreSQL counts, 180000 for 18.0
   */
  record Version(int number, String text) {
    static final int OLDEST = 140_000;

    boolean known() {
      return number >= OLDEST;
    }
  }

  /** Begins the transaction. */
  Version begin() throws SQLException {
    connection.setAutoCommit(false);
    // For this transaction only: a pooler may give the session to somebody else afterwards.
    try (Statement statement = connection.createStatement()) {
      statement.execute("set transaction isolation level repeatable read, read only");
    }
    rows(
        CatalogSql.SESSION,
        row -> Boolean.TRUE,
        Long.toString(database.timeout().toMillis()),
        LOCK_TIMEOUT);
    return rows(CatalogSql.VERSION, row -> new Version(row.getInt(1), row.getString(2))).getFirst();
  }

  /**
   * Reads all there is to know.
   *
   * @param wanted the tables that rules name
   * @param children the keys of rules' child tables among them
   */
  DatabaseFacts read(
      Version version, Collection<TableReference> wanted, Collection<TableKey> children)
      throws SQLException {
    DatabaseFacts.Server server = server(version);
    Set<String> schemas =
        new LinkedHashSet<>(rows(CatalogSql.SCHEMAS, row -> row.getString("nspname")));
    Map<Long, TableFacts> tables = tables(wanted);
    Set<TableReference> found =
        tables.values().stream().map(TableFacts::table).collect(Collectors.toSet());
    List<TableReference> missing = wanted.stream().filter(table -> !found.contains(table)).toList();
    Set<TableReference> neighbours = neighbours(missing);
    // Last: it may fail, and takes the transaction with it.
    readSizes(tables, children);
    return new DatabaseFacts(
        server,
        schemas,
        tables.values().stream().collect(Collectors.toMap(TableFacts::table, facts -> facts)),
        neighbours);
  }

  private DatabaseFacts.Server server(Version version) throws SQLException {
    List<Slot> slots =
        rows(
            CatalogSql.SLOTS,
            row ->
                new Slot(
                    row.getString("name"),
                    Optional.ofNullable(row.getString("database")),
                    row.getBoolean("active"),
                    row.getBoolean("ours")),
            database.slot());
    Optional<Slot> ours = slots.stream().filter(Slot::ours).findFirst();
    List<String> idle = slots.stream().filter(slot -> !slot.active()).map(Slot::name).toList();
    return rows(
            CatalogSql.SERVER,
            row ->
                new DatabaseFacts.Server(
                    version.number(),
                    version.text(),
                    row.getString("instance"),
                    row.getString("database"),
                    row.getBoolean("in_recovery"),
                    row.getString("wal_level"),
                    row.getString("role_sql"),
                    row.getBoolean("replication"),
                    Optional.ofNullable((Boolean) row.getObject("rds_replication")),
                    new DatabaseFacts.Slots(
                        slots.size(),
                        row.getInt("most_slots"),
                        ours.isPresent(),
                        ours.flatMap(Slot::database),
                        idle),
                    row.getInt("senders"),
                    row.getInt("most_senders")))
        .getFirst();
  }

  private record Slot(String name, Optional<String> database, boolean active, boolean ours) {}

  private Map<Long, TableFacts> tables(Collection<TableReference> wanted) throws SQLException {
    List<Long> oids = new ArrayList<>();
    SequencedMap<Long, TableFacts> bare = new LinkedHashMap<>();
    rows(
        CatalogSql.TABLES,
        row -> {
          oids.add(row.getLong("oid"));
          return bare.put(row.getLong("oid"), bareTable(row));
        },
        array(wanted.stream().map(TableReference::schema).toList()),
        array(wanted.stream().map(TableReference::table).toList()));
    Array of = connection.createArrayOf("int8", oids.toArray());
    Map<Long, List<TableFacts.Column>> columns =
        byTable(CatalogSql.COLUMNS, CatalogReader::column, of);
    Map<Long, List<TableFacts.Index>> indexes =
        byTable(CatalogSql.INDEXES, CatalogReader::index, of);
    Map<Long, List<TableFacts.Member>> members =
        byTable(
            CatalogSql.MEMBERS,
            row ->
                new TableFacts.Member(
                    row.getString("sql"), letter(row, "kind"), letter(row, "persistence")),
            of);
    Map<Long, List<TableReference>> ancestors = byTable(CatalogSql.ANCESTORS, this::reference, of);
    bare.replaceAll(
        (oid, table) ->
            new TableFacts(
                table.table(),
                table.sql(),
                table.schemaSql(),
                table.kind(),
                table.persistence(),
                table.schemaUsable(),
                table.versionReadable(),
                table.placeReadable(),
                table.filtered(),
                byName(columns.getOrDefault(oid, List.of())),
                indexes.getOrDefault(oid, List.of()),
                table.partitionKey(),
                members.getOrDefault(oid, List.of()),
                ancestors.getOrDefault(oid, List.of()),
                Optional.empty()));
    return bare;
  }

  private TableFacts bareTable(ResultSet row) throws SQLException {
    return new TableFacts(
        reference(row),
        row.getString("sql"),
        row.getString("schema_sql"),
        letter(row, "kind"),
        letter(row, "persistence"),
        row.getBoolean("schema_usable"),
        row.getBoolean("version_readable"),
        row.getBoolean("place_readable"),
        row.getBoolean("filtered"),
        new LinkedHashMap<>(),
        List.of(),
        strings(row, "partition_key"),
        List.of(),
        List.of(),
        Optional.empty());
  }

  private static SequencedMap<String, TableFacts.Column> byName(List<TableFacts.Column> columns) {
    SequencedMap<String, TableFacts.Column> byName = new LinkedHashMap<>();
    columns.forEach(column -> byName.put(column.name(), column));
    return byName;
  }

  private static TableFacts.Column column(ResultSet row) throws SQLException {
    return new TableFacts.Column(
        row.getString("column_name"),
        row.getString("sql"),
        row.getBoolean("readable"),
        switch (row.getString("generated")) {
          case "s" -> TableFacts.Generation.STORED;
          case "v" -> TableFacts.Generation.VIRTUAL;
          default -> TableFacts.Generation.NONE;
        },
        new TableFacts.Type(
            row.getString("shown"),
            row.getString("type_schema"),
            row.getString("type_name"),
            letter(row, "type_kind"),
            row.getString("type_schema_sql"),
            row.getBoolean("type_schema_usable"),
            row.getBoolean("citext"),
            row.getBoolean("deterministic")));
  }

  private static TableFacts.Index index(ResultSet row) throws SQLException {
    return new TableFacts.Index(
        row.getString("sql"),
        strings(row, "columns"),
        row.getBoolean("indisunique"),
        row.getBoolean("indimmediate"),
        row.getBoolean("valid"),
        row.getBoolean("indisprimary"),
        row.getBoolean("indisreplident"),
        Optional.ofNullable(row.getString("predicate")),
        row.getString("method"),
        row.getBoolean("collated"));
  }

  private TableReference reference(ResultSet row) throws SQLException {
    return new TableReference(
        database.name(), row.getString("schema_name"), row.getString("table_name"));
  }

  private Set<TableReference> neighbours(List<TableReference> missing) throws SQLException {
    if (missing.isEmpty()) {
      return Set.of();
    }
    return new LinkedHashSet<>(
        rows(
            CatalogSql.NEIGHBOURS,
            this::reference,
            array(missing.stream().map(TableReference::schema).toList()),
            array(missing.stream().map(TableReference::table).toList())));
  }

  /** Of the child tables that have to be scanned for want of an index. */
  private void readSizes(Map<Long, TableFacts> tables, Collection<TableKey> children)
      throws SQLException {
    List<Long> scanned = new ArrayList<>();
    tables.forEach(
        (oid, facts) -> {
          if (children.stream()
              .anyMatch(
                  child ->
                      child.table().equals(facts.table()) && !facts.hasIndexFor(child.columns()))) {
            scanned.add(oid);
          }
        });
    if (scanned.isEmpty()) {
      return;
    }
    try {
      rows(
          CatalogSql.SIZES,
          row -> {
            String size = row.getString("size");
            return tables.computeIfPresent(
                row.getLong("root"), (oid, facts) -> facts.withSize(size));
          },
          connection.createArrayOf("int8", scanned.toArray()));
    } catch (SQLException e) {
      // Somebody rebuilds the table: the finding stands without its size.
      if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  @FunctionalInterface
  private interface Row<T extends @Nullable Object> {
    T read(ResultSet row) throws SQLException;
  }

  private <T extends @Nullable Object> List<T> rows(String sql, Row<T> reading, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int parameter = 0; parameter < values.length; parameter++) {
        statement.setObject(parameter + 1, values[parameter]);
      }
      try (ResultSet row = statement.executeQuery()) {
        List<T> read = new ArrayList<>();
        while (row.next()) {
          read.add(reading.read(row));
        }
        return read;
      }
    }
  }

  /** Rows that belong to tables, whose OID is their first column. */
  private <T> Map<Long, List<T>> byTable(String sql, Row<T> reading, Array oids)
      throws SQLException {
    Map<Long, List<T>> byTable = new HashMap<>();
    rows(
        sql,
        row ->
            byTable
                .computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
                .add(reading.read(row)),
        oids);
    return byTable;
  }

  private Array array(List<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }

  private static List<String> strings(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  private static char letter(ResultSet row, String column) throws SQLException {
    return row.getString(column).charAt(0);
  }
}
