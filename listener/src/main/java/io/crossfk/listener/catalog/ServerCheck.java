package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.CatalogFinding.Level;

/** Can crossfk work with this server, as this role? */
final class ServerCheck {
  static final int OLDEST_MAJOR = 14;

  private ServerCheck() {}

  static void check(CatalogDatabase database, ServerFacts server, Findings findings) {
    String name = database.name();
    if (server.major() < OLDEST_MAJOR) {
      findings.database(
          Level.ERROR,
          name,
          "PostgreSQL "
              + server.version()
              + " is too old; upgrade the server to "
              + OLDEST_MAJOR
              + " or later");
    }
    if (server.inRecovery()) {
      findings.database(
          Level.ERROR,
          name,
          "the server is a standby (in recovery), whose answers may be late; point \"url\" to the"
              + " primary");
      return;
    }
    if (!server.walLevel().equals("logical")) {
      findings.database(
          Level.ERROR,
          name,
          "wal_level is \""
              + server.walLevel()
              + "\", so the log tells no rows; run: ALTER SYSTEM SET wal_level = 'logical'; then"
              + " restart the server (Amazon RDS: rds.logical_replication = 1)");
    }
    if (!server.mayReplicate()) {
      String role = server.name(server.role());
      findings.database(
          Level.ERROR,
          name,
          "role \""
              + server.role()
              + "\" may not read the log; run: ALTER ROLE "
              + role
              + " REPLICATION (Amazon RDS: GRANT rds_replication TO "
              + role
              + ")");
    }
    checkSlots(database, server, findings);
  }

  private static void checkSlots(CatalogDatabase database, ServerFacts server, Findings findings) {
    if (!server.slotExists() && server.slotsFree() < 1) {
      findings.database(
          Level.ERROR,
          database.name(),
          "no replication slot is free for \""
              + database.slot()
              + "\", all "
              + server.maxSlots()
              + " are taken; drop one that nobody uses, or raise max_replication_slots and restart"
              + " the server");
    }
    if (server.maxSenders() == 0) {
      findings.database(
          Level.ERROR,
          database.name(),
          "max_wal_senders is 0, so nobody may read the log; run: ALTER SYSTEM SET max_wal_senders"
              + " = 10; then restart the server");
    } else if (server.sendersFree() < 1) {
      findings.database(
          Level.WARNING,
          database.name(),
          "all "
              + server.maxSenders()
              + " WAL senders are taken, crossfk may have to wait for one; raise max_wal_senders"
              + " and restart the server");
    }
  }
}
