package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.Refusal;
import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Snapshot;
import io.crossfk.rules.model.TableReference;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  private static final Duration DDL_PATIENCE = Duration.ofSeconds(15);

  private final PostgresAddress address;
  private final String slot;
  private final String publication;
  private final SlotMaker slotMaker;
  private final Reader reader;

  /** Who will read the stream. */
  private enum Reader {
    /** The role that looks: what it may not do is in the way. */
    US,
    /** Another role, whose privileges are looked at elsewhere. */
    ANOTHER
  }

  /** Waits a minute for the slot, which waits for the transactions that run at that moment. */
  public SlotAndPublication(PostgresAddress address, String slot, String publication) {
    this(address, slot, publication, Duration.ofMinutes(1));
  }

  SlotAndPublication(
      PostgresAddress address, String slot, String publication, Duration slotPatience) {
    this(address, slot, publication, slotPatience, Reader.US);
  }

  private SlotAndPublication(
      PostgresAddress address,
      String slot,
      String publication,
      Duration slotPatience,
      Reader reader) {
    PostgresSourceSettings.requireSlotName(address.database(), slot);
    this.address = address;
    this.slot = slot;
    this.publication = publication;
    this.slotMaker = new SlotMaker(address.database(), slot, slotPatience);
    this.reader = reader;
  }

  /**
   * An administrator prepares for the role that will read: whether that role may read the log, and
   * whether the server keeps a log that can be decoded, is not asked here.
   */
  public static SlotAndPublication byAdministrator(
      PostgresAddress address, String slot, String publication) {
    return new SlotAndPublication(
        address, slot, publication, Duration.ofMinutes(1), Reader.ANOTHER);
  }

  /**
   * What {@link #prepare} would do: reads only.
   *
   * @param refusals what crossfk must not do, and, if it is to read the stream itself, may not do
   * @param missingRights what keeps the administrator's role from the publication's statements
   * @param createsPublication whether there is none yet
   * @param publication statements, of one transaction
   * @param added tables that are not published as their rules need
   * @param wholeRows tables that cannot be published by their key columns only
   * @param slot the statement that makes it, if there is none
   */
  public record Plan(
      List<Refusal> refusals,
      Optional<Refusal> missingRights,
      boolean createsPublication,
      List<String> publication,
      Set<TableReference> added,
      Set<TableReference> wholeRows,
      Optional<String> slot) {
    public Plan {
      added = Set.copyOf(added);
      refusals = List.copyOf(refusals);
      publication = List.copyOf(publication);
      wholeRows = Set.copyOf(wholeRows);
    }

    /** In their order; the slot's is the last. */
    public List<String> statements() {
      List<String> statements = new ArrayList<>(publication);
      slot.ifPresent(statements::add);
      return statements;
    }
  }

  /**
   * What came of publishing without a slot.
   *
   * @param refusals if there are any, nothing was changed
   */
  public record Published(List<Refusal> refusals, List<String> executed) {
    public Published {
      refusals = List.copyOf(refusals);
      executed = List.copyOf(executed);
    }
  }

  /**
   * Drops our slot, if it is there: its log is gone, and only a new one can go on.
   *
   * @throws SQLException if the database cannot be reached, or somebody reads from the slot
   */
  public void dropSlot() throws SQLException {
    try (SetupSession session = SetupSession.open(address);
        PreparedStatement drop =
            session
                .connection()
                .prepareStatement(
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
    try (SetupSession session = SetupSession.open(address)) {
      SetupFindings findings = look(session, tables);
      return new Plan(
          findings.refusals(),
          findings
              .publication()
              .flatMap(plan -> plan.missingRights(address.database(), publication)),
          findings.publication().map(PublicationPlan::creates).orElse(false),
          findings.publication().map(PublicationPlan::statements).orElse(List.of()),
          findings.publication().map(PublicationPlan::added).orElse(Set.of()),
          findings.wholeRows(),
          findings.slot().isEmpty() ? Optional.of(slotMaker.sql()) : Optional.empty());
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
    try (SetupSession session = SetupSession.open(address)) {
      Connection connection = session.connection();
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
   * Makes sure that the publication is there, and leaves the slot to the role that will read it.
   *
   * @param tables at least one
   * @param ifCreated statements of the same transaction, if the publication was not there
   * @throws SQLException if the database cannot be reached or does not answer
   */
  public Published publish(List<WatchedTable> tables, List<String> ifCreated) throws SQLException {
    try (SetupSession session = SetupSession.open(address)) {
      SetupFindings findings = look(session, tables);
      List<Refusal> refusals = new ArrayList<>(findings.refusals());
      if (refusals.isEmpty()) {
        PublicationPlan plan = findings.publication().orElseThrow();
        plan.missingRights(address.database(), publication).ifPresent(refusals::add);
        List<String> statements = new ArrayList<>(plan.statements());
        if (plan.creates()) {
          statements.addAll(ifCreated);
        }
        if (refusals.isEmpty() && !statements.isEmpty()) {
          refusals.addAll(publish(session, findings, statements));
        }
        if (refusals.isEmpty()) {
          return new Published(List.of(), statements);
        }
      }
      return new Published(refusals, List.of());
    }
  }

  /**
   * Reads the catalogue of tables, and changes nothing. One query.
   *
   * @param tables at least one
   * @throws SQLException if the database cannot be reached or does not answer
   */
  public TablePrints prints(List<WatchedTable> tables) throws SQLException {
    try (SetupSession session = SetupSession.open(address)) {
      return TablePrints.read(session.connection(), publication, tables);
    }
  }

  /**
   * As {@link #prepare}, but makes no slot.
   *
   * @return nothing if there is no slot; then nothing was changed
   */
  public Optional<SetupResult> prepareWithSlot(List<WatchedTable> tables) throws SQLException {
    try (SetupSession session = SetupSession.open(address)) {
      if (SlotFacts.read(session.connection(), slot).isEmpty()) {
        return Optional.empty();
      }
    }
    return Optional.of(prepare(tables));
  }

  /**
   * Makes sure that publication and slot are there and carry what the tables' rules need.
   *
   * @param tables at least one
   * @throws SQLException if the database cannot be reached or does not answer
   */
  public SetupResult prepare(List<WatchedTable> tables) throws SQLException {
    try (SetupSession session = SetupSession.open(address)) {
      SetupFindings findings = look(session, tables);
      if (!findings.refusals().isEmpty() || findings.publication().isEmpty()) {
        return new SetupResult.Refused(findings.refusals());
      }
      PublicationPlan plan = findings.publication().get();
      Optional<Snapshot> publishedAt = Optional.empty();
      List<String> executed = new ArrayList<>();
      if (!plan.statements().isEmpty()) {
        List<Refusal> refusals = publish(session, findings, plan.statements());
        if (!refusals.isEmpty()) {
          return new SetupResult.Refused(refusals);
        }
        publishedAt = Optional.of(Snapshot.parse(session.text("select pg_current_snapshot()")));
        executed.addAll(plan.statements());
      }
      SlotState state;
      if (findings.slot().isPresent()) {
        SlotFacts found = findings.slot().get();
        if (found.isInTheMaking()) {
          throw slotMaker.inTheMaking(found);
        }
        state =
            new SlotState.Existing(
                slot, found.confirmedFlush(), found.restart(), found.walStatus(), found.active());
      } else {
        try {
          state = new SlotState.Created(slot, slotMaker.make(session));
          executed.add(slotMaker.sql());
        } catch (SQLException e) {
          return new SetupResult.Refused(List.of(slotMaker.refusal(session, e)));
        }
      }
      report(executed, state);
      SourceIdentity identity = ServerFacts.identity(session.connection());
      return new SetupResult.Ready(
          identity, plan.creates(), plan.added(), publishedAt, state, executed);
    }
  }

  private SetupFindings look(SetupSession session, List<WatchedTable> tables) throws SQLException {
    return SetupFindings.read(
        session.connection(),
        address.database(),
        publication,
        slotMaker,
        tables,
        reader == Reader.US);
  }

  /**
   * One transaction: the log's readers see all of it at once. Its locks block no reads or writes.
   */
  private List<Refusal> publish(
      SetupSession session, SetupFindings findings, List<String> statements) throws SQLException {
    Connection connection = session.connection();
    connection.setAutoCommit(false);
    try {
      session.patience(SetupSession.LOCK_PATIENCE, DDL_PATIENCE);
      for (String sql : statements) {
        session.execute(sql);
      }
      List<TableReference> uncovered =
          PublicationPlan.uncovered(
              PublicationFacts.read(connection, publication).orElseThrow(),
              findings.tables(),
              findings.version());
      List<Refusal> unfit = findings.unfitNow(connection, publication);
      if (uncovered.isEmpty() && unfit.isEmpty()) {
        connection.commit();
        return List.of();
      }
      connection.rollback();
      if (!unfit.isEmpty()) {
        return unfit;
      }
      return List.of(
          new Refusal(
              address.database() + ": publication " + publication,
              "publishes "
                  + uncovered
                  + " in another way already: by a table above it, by its schema, with a row filter"
                  + " or a column list. Take that out, or configure another publication",
              List.of()));
    } catch (SQLException e) {
      connection.rollback();
      return List.of(
          new Refusal(
              address.database() + ": publication " + publication,
              "could not be changed: " + ServerMessages.of(e) + ". To be run by hand:",
              statements));
    } finally {
      connection.setAutoCommit(true);
      session.usualPatience();
    }
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
}
