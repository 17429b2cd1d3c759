package io.crossfk.listener.source.postgres;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Our slot: whether it can serve, how much log it holds back, and how much it may. */
final class SlotExamination {
  /** Set where nothing is: time to notice that crossfk is down, and far from most disks' size. */
  private static final long SUGGESTED_KEEP = 10L << 30;

  private static final String RETAINED =
      """
      select coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint,
        (select setting::bigint from pg_settings where name = 'max_slot_wal_keep_size')
      from (values (1)) one left join pg_replication_slots s on s.slot_name = ?\
      """;

  private final Place place;
  private final String slot;
  private final long mostRetained;
  private final Optional<SlotFacts> found;
  private final long retained;
  private final long keepMegabytes;

  private SlotExamination(
      Place place,
      String slot,
      long mostRetained,
      Optional<SlotFacts> found,
      long retained,
      long keepMegabytes) {
    this.place = place;
    this.slot = slot;
    this.mostRetained = mostRetained;
    this.found = found;
    this.retained = retained;
    this.keepMegabytes = keepMegabytes;
  }

  /**
   * @param mostRetained bytes of log that a slot without a reader may hold back unsaid
   */
  static List<Finding> examine(Connection connection, Place place, String slot, long mostRetained)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(RETAINED)) {
      query.setString(1, slot);
      try (ResultSet result = query.executeQuery()) {
        result.next();
        SlotExamination examination =
            new SlotExamination(
                place,
                slot,
                mostRetained,
                SlotFacts.read(connection, slot),
                result.getLong(1),
                result.getLong(2));
        return List.of(examination.slot(), examination.keep());
      }
    }
  }

  private Finding slot() {
    String name = "replication slot " + slot;
    if (found.isEmpty()) {
      return Finding.ok(Subject.SLOT, place, name + " does not exist yet; crossfk run creates it");
    }
    SlotFacts facts = found.get();
    if (!facts.ours()) {
      return Finding.error(
          Subject.SLOT,
          place,
          name
              + " exists and cannot serve crossfk: its plugin is \""
              + facts.plugin()
              + "\" and its database \""
              + facts.database()
              + "\"; a permanent pgoutput slot of this database, without two_phase, is needed",
          Cure.sql("configure another name, or drop it if nobody needs it: ", List.of(drop())));
    }
    if (facts.invalidated()) {
      return Finding.warning(
          Subject.SLOT,
          place,
          name
              + " is lost ("
              + facts.cause()
              + "), and so is the log that it stood for: what changed meanwhile is found by reading"
              + " the child tables anew",
          Cure.sql("crossfk run makes it anew and reads the tables; or run ", List.of(drop())));
    }
    if (facts.walStatus().equals("unreserved")) {
      return Finding.warning(
          Subject.SLOT,
          place,
          name
              + " holds back "
              + bytes(retained)
              + ", more than max_slot_wal_keep_size = "
              + bytes(keepMegabytes << 20)
              + " allows, and is lost at the next checkpoint",
          Cure.sql("start crossfk, and until it has caught up run ", raiseKeep(2 * retained)));
    }
    if (!facts.active() && retained > mostRetained) {
      return Finding.warning(
          Subject.SLOT,
          place,
          name + " holds back " + bytes(retained) + " of log, and nobody reads it: the disk fills",
          Cure.sql("start crossfk; or, if it is not to come back, run ", List.of(drop())));
    }
    return Finding.ok(
        Subject.SLOT,
        place,
        name
            + " holds back "
            + bytes(retained)
            + " of log ("
            + facts.walStatus()
            + ") and is "
            + (facts.active() ? "read by process " + facts.activePid() : "read by nobody now"));
  }

  private Finding keep() {
    if (keepMegabytes >= 0) {
      return Finding.ok(
          Subject.WAL_KEEP,
          place,
          "max_slot_wal_keep_size bounds what slots hold back: " + bytes(keepMegabytes << 20));
    }
    return Finding.warning(
        Subject.WAL_KEEP,
        place,
        "max_slot_wal_keep_size = -1 lets a slot hold back log without end: while crossfk is"
            + " stopped, the disk fills until the server stops",
        Cure.sql(
                "as a superuser, with what the disk can spare, run ",
                raiseKeep(Math.max(SUGGESTED_KEEP, 2 * retained)))
            .then(" (it bounds every slot of the server)"));
  }

  private static List<String> raiseKeep(long size) {
    long megabytes = (size >> 20) + 1;
    String shown = size % (1L << 30) == 0 ? (size >> 30) + "GB" : megabytes + "MB";
    return List.of(
        "ALTER SYSTEM SET max_slot_wal_keep_size = '" + shown + "';", "SELECT pg_reload_conf();");
  }

  private String drop() {
    return "SELECT pg_drop_replication_slot('" + slot + "');";
  }

  private static String bytes(long size) {
    return size < 1L << 30
        ? (size >> 20) + " MB"
        : String.format(Locale.ROOT, "%.1f GB", size / (double) (1L << 30));
  }
}
