package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.CatalogFinding.Level;
import io.crossfk.listener.catalog.CatalogFinding.OfDatabase;
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
        " runs PostgreSQL "
            + version.text()
            + ", and crossfk needs 14 or newer; upgrade the server");
  }

  static List<OfDatabase> of(
      CatalogDatabase database, DatabaseFacts.Server server, Purpose purpose) {
    ServerFindings findings = new ServerFindings(database);
    if (server.inRecovery()) {
      // Nothing else can be changed on a standby.
      findings.add(
          " is a standby, and only a primary can prove a violation; name the primary in its url, or"
              + " all of its hosts with ?targetServerType=primary");
      return findings.findings;
    }
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
        " is on the same server as database "
            + other
            + ", and both would use the replication slot "
            + database.slot()
            + "; give one of them another with slot: "
            + database.slot()
            + "_"
            + database.name().replaceAll("[^a-z0-9_]", "_"));
  }

  private void walLevel(DatabaseFacts.Server server) {
    if (!server.walLevel().equals("logical")) {
      add(
          " has wal_level = "
              + server.walLevel()
              + ", and crossfk needs logical; run as a superuser ALTER SYSTEM SET wal_level ="
              + " logical; and restart the server (RDS: rds.logical_replication = 1, Cloud SQL:"
              + " cloudsql.logical_decoding = on)");
    }
  }

  private void replication(DatabaseFacts.Server server) {
    if (!server.replication() && !server.rdsReplication().orElse(false)) {
      add(
          " does not let role "
              + server.roleSql()
              + " read its log; run as a superuser "
              + (server.rdsReplication().isPresent()
                  ? "GRANT rds_replication TO " + server.roleSql() + ";"
                  : "ALTER ROLE " + server.roleSql() + " REPLICATION;"));
    }
  }

  private void slots(DatabaseFacts.Server server) {
    DatabaseFacts.Slots slots = server.slots();
    if (slots.ours()) {
      slots
          .oursIn()
          .filter(owner -> !owner.equals(server.database()))
          .ifPresent(
              owner ->
                  add(
                      " cannot use the replication slot "
                          + database.slot()
                          + ", which belongs to database \""
                          + owner
                          + "\" of the same server; name another with slot: "
                          + database.slot()
                          + "_"
                          + database.name().replaceAll("[^a-z0-9_]", "_")));
      return;
    }
    if (slots.used() >= slots.most()) {
      add(
          " has no replication slot left for "
              + database.slot()
              + ": "
              + slots.used()
              + " of max_replication_slots = "
              + slots.most()
              + " are taken"
              + "; run ALTER SYSTEM SET max_replication_slots = "
              + (slots.used() + 1)
              + "; and restart the server"
              + (slots.idle().isEmpty()
                  ? ""
                  : ", or drop one that nobody needs, with SELECT pg_drop_replication_slot('"
                      + slots.idle().getFirst()
                      + "'); (read by nobody now: "
                      + String.join(", ", slots.idle())
                      + ")"));
    }
    if (server.senders() >= server.mostSenders()) {
      add(
          " has no WAL sender left for the slot "
              + database.slot()
              + ": "
              + server.senders()
              + " of max_wal_senders = "
              + server.mostSenders()
              + " are taken; run ALTER SYSTEM SET max_wal_senders = "
              + (server.senders() + 1)
              + "; and restart the server");
    }
  }

  private void add(String text) {
    findings.add(error(database, text));
  }

  private static OfDatabase error(CatalogDatabase database, String text) {
    return new OfDatabase(Level.ERROR, database.name(), "database " + database.name() + text);
  }
}
