package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.Refusal;
import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Snapshot;
import io.crossfk.rules.model.TableReference;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares a database to be listened to: publication first, then slot, so that every transaction
 * that was open at the publishing has ended where the slot begins (section 5, fact 12).
 *
 * <p>It looks at everything before it touches anything, and does nothing that could harm the
 * application (facts 5 and 6). What it must not or may not do comes back as refusals, all at once.
 */
public final class SlotAndPublication {
  private static final Logger LOGGER = LoggerFactory.getLogger(SlotAndPublication.class);

  private static final int OLDEST_VERSION = 14;
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);
  private static final Duration READ_PATIENCE = Duration.ofSeconds(30);
  private static final Duration DDL_PATIENCE = Duration.ofSeconds(15);

  private final PostgresAddress address;
  private final String slot;
  private final String publication;
  private final Duration slotPatience;

  /** Waits a minute for the slot, which waits for the transactions that run at that moment. */
  public SlotAndPublication(PostgresAddress address, String slot, String publication) {
    this(address, slot, publication, Duration.ofMinutes(1));
  }

  SlotAndPublication(
      PostgresAddress address, String slot, String publication, Duration slotPatience) {
    PostgresSourceSettings.requireSlotName(address.database(), slot);
    this.address = address;
    this.slot = slot;
    this.publication = publication;
    this.slotPatience = slotPatience;
  }

  /**
   * What {@link #prepare} would do: reads only.
   *
   * @param statements in their order; the slot's is the last
   */
  public record Plan(List<Refusal> refusals, List<String> statements) {
    public Plan {
      refusals = List.copyOf(refusals);
      statements = List.copyOf(statements);
    }
  }

  /**
   * Drops our slot, if it is there: its log is gone, and only a new one can go on.
   *
   * @throws SQLException if the database cannot be reached, or somebody reads from the slot
   */
  public void dropSlot() throws SQLException {
    try (Connection connection = connect();
        PreparedStatement drop =
            connection.prepareStatement(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                    + " where slot_name = ?")) {
      drop.setString(1, slot);
      drop.execute();
    }
  }

  /**
   * Looks, and changes nothing.
   *
   * @throws SQLException if the database cannot be reached or does not answer
   */
  public Plan plan(List<WatchedTable> tables) throws SQLException {
    try (Connection connection = connect()) {
      Findings findings = look(connection, tables);
      List<String> statements = new ArrayList<>();
      findings.publication.ifPresent(plan -> statements.addAll(plan.statements()));
      if (findings.slot.isEmpty()) {
        statements.add(createSlot());
      }
      return new Plan(findings.refusals, statements);
    }
  }

  /**
   * Looks at nothing but the replica identities of those tables that exist, and changes nothing:
   * for a start that fails anyway, and is to name all that is in its way.
   *
   * @throws SQLException if the database cannot be reached or does not answer
   */
  public List<Refusal> replicaIdentityRefusals(List<WatchedTable> tables) throws SQLException {
    List<Refusal> refusals = new ArrayList<>();
    try (Connection connection = connect()) {
      TableChecks checks =
          new TableChecks(
              connection.getMetaData().getDatabaseMajorVersion(),
              Set.of(),
              PublicationFacts.read(connection, publication));
      for (WatchedTable table : tables) {
        TableFacts.read(connection, table)
            .map(checks::checkReplicaIdentity)
            .ifPresent(refusals::addAll);
      }
    }
    return refusals;
  }

  /**
   * Makes sure that publication and slot are there and carry what the tables' rules need.
   *
   * @param tables at least one
   * @throws SQLException if the database cannot be reached or does not answer
   */
  public SetupResult prepare(List<WatchedTable> tables) throws SQLException {
    try (Connection connection = connect()) {
      Findings findings = look(connection, tables);
      if (!findings.refusals.isEmpty() || findings.publication.isEmpty()) {
        return new SetupResult.Refused(findings.refusals);
      }
      PublicationPlan plan = findings.publication.get();
      Optional<Snapshot> publishedAt = Optional.empty();
      List<String> executed = new ArrayList<>();
      if (!plan.statements().isEmpty()) {
        Optional<Refusal> refusal = publish(connection, findings, plan);
        if (refusal.isPresent()) {
          return new SetupResult.Refused(List.of(refusal.get()));
        }
        publishedAt = Optional.of(Snapshot.parse(text(connection, "select pg_current_snapshot()")));
        executed.addAll(plan.statements());
      }
      SlotState state;
      if (findings.slot.isPresent()) {
        SlotFacts found = findings.slot.get();
        state =
            new SlotState.Existing(
                slot, found.confirmedFlush(), found.restart(), found.walStatus(), found.active());
      } else {
        try {
          state = new SlotState.Created(slot, makeSlot(connection));
          executed.add(createSlot());
        } catch (SQLException e) {
          return new SetupResult.Refused(List.of(slotRefusal(connection, e)));
        }
      }
      report(executed, state);
      SourceIdentity identity = ServerFacts.identity(connection);
      return new SetupResult.Ready(
          identity, plan.creates(), plan.added(), publishedAt, state, executed);
    }
  }

  /** What was found; the publication's plan is there if the tables are fit to be published. */
  private record Findings(
      int version,
      List<Refusal> refusals,
      List<TableFacts> tables,
      Optional<PublicationPlan> publication,
      Optional<SlotFacts> slot) {}

  private Findings look(Connection connection, List<WatchedTable> watched) throws SQLException {
    ServerChecks server = ServerChecks.read(connection, address.database(), slot);
    if (server.version() < OLDEST_VERSION || server.standby()) {
      return new Findings(
          server.version(), server.refusals(), List.of(), Optional.empty(), Optional.empty());
    }
    Optional<SlotFacts> existingSlot = SlotFacts.read(connection, slot);
    List<Refusal> refusals = new ArrayList<>(server.refusals());
    existingSlot.flatMap(this::foreignSlot).ifPresent(refusals::add);
    if (existingSlot.isEmpty()) {
      refusals.addAll(server.refusalsToCreateSlot());
    }
    Set<TableReference> names =
        watched.stream().map(WatchedTable::table).collect(Collectors.toSet());
    Optional<PublicationFacts> existing = PublicationFacts.read(connection, publication);
    TableChecks checks = new TableChecks(server.version(), names, existing);
    List<TableFacts> tables = new ArrayList<>();
    int before = refusals.size();
    for (WatchedTable table : watched) {
      Optional<TableFacts> facts = TableFacts.read(connection, table);
      if (facts.isEmpty()) {
        refusals.add(new Refusal(table.table().toString(), "does not exist", List.of()));
      } else {
        tables.add(facts.get());
        refusals.addAll(checks.check(facts.get()));
      }
    }
    Optional<PublicationPlan> plan = Optional.empty();
    if (refusals.size() == before) {
      plan =
          Optional.of(
              PublicationPlan.of(
                  publication,
                  server.version(),
                  existing,
                  tables,
                  server.role(),
                  server.mayCreate()));
      plan.get().refusal(address.database(), publication).ifPresent(refusals::add);
    }
    return new Findings(server.version(), refusals, tables, plan, existingSlot);
  }

  private Optional<Refusal> foreignSlot(SlotFacts found) {
    if (found.ours()) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            address.database() + ": replication slot " + slot,
            "exists and cannot serve crossfk: its plugin is \""
                + found.plugin()
                + "\" and its database \""
                + found.database()
                + "\"; a permanent pgoutput slot of this database, without two_phase, is needed."
                + " Configure another name, or drop it if nobody needs it:",
            List.of("SELECT pg_drop_replication_slot('" + slot + "');")));
  }

  /**
   * One transaction: the log's readers see all of it at once. Its locks block no reads or writes.
   */
  private Optional<Refusal> publish(Connection connection, Findings findings, PublicationPlan plan)
      throws SQLException {
    connection.setAutoCommit(false);
    try {
      patience(connection, LOCK_PATIENCE, DDL_PATIENCE);
      for (String sql : plan.statements()) {
        execute(connection, sql);
      }
      List<TableReference> uncovered =
          PublicationPlan.uncovered(
              PublicationFacts.read(connection, publication).orElseThrow(),
              findings.tables,
              findings.version);
      if (uncovered.isEmpty()) {
        connection.commit();
        return Optional.empty();
      }
      connection.rollback();
      return Optional.of(
          new Refusal(
              address.database() + ": publication " + publication,
              "publishes "
                  + uncovered
                  + " in another way already: by a table above it, by its schema, with a row filter"
                  + " or a column list. Take that out, or configure another publication",
              List.of()));
    } catch (SQLException e) {
      connection.rollback();
      return Optional.of(
          new Refusal(
              address.database() + ": publication " + publication,
              "could not be changed: " + ServerMessages.of(e) + ". To be run by hand:",
              plan.statements()));
    } finally {
      connection.setAutoCommit(true);
      patience(connection, LOCK_PATIENCE, READ_PATIENCE);
    }
  }

  /**
   * No lock_timeout here: creating a slot waits for the transactions that run, which PostgreSQL
   * does by locks on their xids, and blocks nobody while it waits.
   */
  private Position makeSlot(Connection connection) throws SQLException {
    patience(connection, Duration.ZERO, slotPatience);
    try (PreparedStatement create =
        connection.prepareStatement(
            "select lsn::text from pg_create_logical_replication_slot(?, 'pgoutput')")) {
      create.setString(1, slot);
      try (ResultSet result = create.executeQuery()) {
        result.next();
        return Position.parse(result.getString(1));
      }
    } finally {
      patience(connection, LOCK_PATIENCE, READ_PATIENCE);
    }
  }

  private Refusal slotRefusal(Connection connection, SQLException e) throws SQLException {
    String place = address.database() + ": replication slot " + slot;
    if (!ServerMessages.isTimeout(e)) {
      return new Refusal(
          place, "could not be created: " + ServerMessages.of(e), List.of(createSlot()));
    }
    return new Refusal(
        place,
        "could not be created within "
            + slotPatience.toSeconds()
            + " s: PostgreSQL waits for the transactions that run. The oldest: "
            + text(
                connection,
                "select coalesce((select format('process %s, \"%s\", since %s', pid,"
                    + " application_name, xact_start) from pg_stat_activity"
                    + " where backend_xid is not null and pid <> pg_backend_pid()"
                    + " order by xact_start limit 1), 'none that we may see')")
            + ". Try again when it has ended",
        List.of());
  }

  private String createSlot() {
    return "SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput');";
  }

  private void report(List<String> executed, SlotState state) {
    LOGGER
        .atInfo()
        .addKeyValue("database", address.database())
        .addKeyValue("publication", publication)
        .addKeyValue("slot", slot)
        .addKeyValue("executed", executed)
        .log(
            state instanceof SlotState.Created
                ? "Publication and slot are ready, the slot is new"
                : "Publication and slot are ready");
  }

  private Connection connect() throws SQLException {
    return connect(address);
  }

  /** A session whose locks and statements end in bounded time. */
  static Connection connect(PostgresAddress address) throws SQLException {
    Properties properties = new Properties();
    PGProperty.APPLICATION_NAME.set(properties, "crossfk setup");
    PGProperty.LOGIN_TIMEOUT.set(properties, 10);
    PGProperty.CONNECT_TIMEOUT.set(properties, 10);
    if (address.url().contains(",")) {
      // Several hosts, one of which has our slot.
      PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
    }
    properties.putAll(address.properties());
    Connection connection = DriverManager.getConnection(address.url(), properties);
    try {
      patience(connection, LOCK_PATIENCE, READ_PATIENCE);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static void patience(Connection connection, Duration locks, Duration statements)
      throws SQLException {
    execute(
        connection,
        "set lock_timeout = "
            + locks.toMillis()
            + "; set statement_timeout = "
            + statements.toMillis());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
