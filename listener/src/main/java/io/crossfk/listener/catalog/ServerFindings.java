package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.CatalogFinding.OfDatabase;
import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import java.util.ArrayList;
import java.util.List;

/** What stands against a database as a whole. */
final class ServerFindings {
  private final CatalogDatabase database;
  private final List<OfDatabase> findings = new ArrayList<>();

  private ServerFindings(CatalogDatabase database) {
    this.database = database;
  }

  static OfDatabase tooOld(CatalogDatabase database, CatalogReader.Version version) {
    return error(
        database,
        Subject.VERSION,
        " runs PostgreSQL " + version.text() + ", and crossfk needs 14 or newer",
        Cure.words("upgrade the server"));
  }

  static List<OfDatabase> of(
      CatalogDatabase database, DatabaseFacts.Server server, Purpose purpose) {
    ServerFindings findings = new ServerFindings(database);
    findings.sound(Subject.REACHABLE, "lets role " + server.roleSql() + " in");
    findings.sound(Subject.VERSION, "runs PostgreSQL " + server.version());
    if (server.inRecovery()) {
      // Nothing else can be changed on a standby.
      findings.add(
          Subject.PRIMARY,
          " is a standby, and only a primary can prove a violation",
          Cure.words(
              "name the primary in its url, or all of its hosts with ?targetServerType=primary"));
      return findings.findings;
    }
    findings.sound(Subject.PRIMARY, "is a primary");
    if (purpose == Purpose.WATCH) {
      findings.walLevel(server);
      findings.replication(server);
      findings.slots(server);
    }
    return findings.findings;
  }

  /** A slot belongs to one database of a server. */
  static OfDatabase sameSlot(CatalogDatabase database, String other) {
    return error(
        database,
        Subject.SLOT,
        " is on the same server as database "
            + other
            + ", and both would use the replication slot "
            + database.slot(),
        Cure.words("give one of them another with slot: " + ownSlot(database)));
  }

  private static String ownSlot(CatalogDatabase database) {
    return database.slot() + "_" + database.name().replaceAll("[^a-z0-9_]", "_");
  }

  private void walLevel(DatabaseFacts.Server server) {
    if (server.walLevel().equals("logical")) {
      sound(Subject.WAL_LEVEL, "has wal_level = logical");
    } else {
      add(
          Subject.WAL_LEVEL,
          " has wal_level = " + server.walLevel() + ", and crossfk needs logical",
          Cure.asSuperuser("ALTER SYSTEM SET wal_level = logical;")
              .then(
                  " and restart the server (RDS: rds.logical_replication = 1, Cloud SQL:"
                      + " cloudsql.logical_decoding = on)"));
    }
  }

  private void replication(DatabaseFacts.Server server) {
    if (server.replication() || server.rdsReplication().orElse(false)) {
      sound(Subject.LOG_ACCESS, "lets role " + server.roleSql() + " read its log");
    } else {
      add(
          Subject.LOG_ACCESS,
          " does not let role " + server.roleSql() + " read its log",
          Cure.asSuperuser(
              server.rdsReplication().isPresent()
                  ? "GRANT rds_replication TO " + server.roleSql() + ";"
                  : "ALTER ROLE " + server.roleSql() + " REPLICATION;"));
    }
  }

  private void slots(DatabaseFacts.Server server) {
    if (server.slots().ours()) {
      server
          .slots()
          .oursIn()
          .filter(owner -> !owner.equals(server.database()))
          .ifPresent(this::slotOfAnother);
      return;
    }
    freeSlots(server.slots());
    freeSenders(server);
  }

  private void slotOfAnother(String owner) {
    add(
        Subject.SLOT,
        " cannot use the replication slot "
            + database.slot()
            + ", which belongs to database \""
            + owner
            + "\" of the same server",
        Cure.words("name another with slot: " + ownSlot(database)));
  }

  private void freeSlots(DatabaseFacts.Slots slots) {
    String taken = slots.used() + " of max_replication_slots = " + slots.most() + " are taken";
    if (slots.used() < slots.most()) {
      sound(Subject.FREE_SLOTS, "has a replication slot left: " + taken);
      return;
    }
    String orDrop =
        slots.idle().isEmpty()
            ? ""
            : ", or drop one that nobody needs, with SELECT pg_drop_replication_slot('"
                + slots.idle().getFirst()
                + "'); (read by nobody now: "
                + String.join(", ", slots.idle())
                + ")";
    add(
        Subject.FREE_SLOTS,
        " has no replication slot left for " + database.slot() + ": " + taken,
        Cure.run("ALTER SYSTEM SET max_replication_slots = " + (slots.used() + 1) + ";")
            .then(" and restart the server" + orDrop));
  }

  private void freeSenders(DatabaseFacts.Server server) {
    String taken =
        server.senders() + " of max_wal_senders = " + server.mostSenders() + " are taken";
    if (server.senders() < server.mostSenders()) {
      sound(Subject.FREE_SENDERS, "has a WAL sender left: " + taken);
      return;
    }
    add(
        Subject.FREE_SENDERS,
        " has no WAL sender left for the slot " + database.slot() + ": " + taken,
        Cure.run("ALTER SYSTEM SET max_wal_senders = " + (server.senders() + 1) + ";")
            .then(" and restart the server"));
  }

  private void sound(Subject subject, String text) {
    findings.add(
        new OfDatabase(
            Finding.ok(
                subject,
                Place.database(database.name()),
                "database " + database.name() + " " + text)));
  }

  private void add(Subject subject, String text, Cure cure) {
    findings.add(error(database, subject, text, cure));
  }

  private static OfDatabase error(
      CatalogDatabase database, Subject subject, String text, Cure cure) {
    return new OfDatabase(
        Finding.error(
            subject, Place.database(database.name()), "database " + database.name() + text, cure));
  }
}
