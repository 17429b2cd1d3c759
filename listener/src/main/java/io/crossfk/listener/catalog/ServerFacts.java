package io.crossfk.listener.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/**
 * A server and our role in it.
 *
 * @param versionNumber 180006 for 18.6
 * @param mayReplicate by its attribute, as a superuser, or by a provider's role for it
 * @param slotExists whether the slot that we use is there
 * @param words that must be quoted as names
 */
record ServerFacts(
    int versionNumber,
    String version,
    boolean inRecovery,
    String walLevel,
    String role,
    boolean mayReplicate,
    boolean slotExists,
    int slotsFree,
    int sendersFree,
    int maxSlots,
    int maxSenders,
    Set<String> words) {

  private static final String SQL =
      """
      select current_setting('server_version_num')::int, current_setting('server_version'),
        pg_is_in_recovery(), current_setting('wal_level'), current_user::text,
        r.rolsuper or r.rolreplication or exists (
          select from pg_roles g
          where g.rolname = 'rds_replication' and pg_has_role(current_user, g.oid, 'member')),
        exists (select from pg_replication_slots s where s.slot_name = ?),
        current_setting('max_replication_slots')::int,
        (select count(*) from pg_replication_slots),
        current_setting('max_wal_senders')::int,
        (select count(*) from pg_stat_replication)
      from pg_roles r where r.rolname = current_user
      """;

  ServerFacts {
    words = Set.copyOf(words);
  }

  static ServerFacts read(Connection connection, String slot) throws SQLException {
    Set<String> words = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select word from pg_get_keywords() where catcode <> 'U'")) {
      while (rows.next()) {
        words.add(rows.getString(1));
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(SQL)) {
      statement.setString(1, slot);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        int maxSlots = row.getInt(8);
        int maxSenders = row.getInt(10);
        return new ServerFacts(
            row.getInt(1),
            row.getString(2),
            row.getBoolean(3),
            row.getString(4),
            row.getString(5),
            row.getBoolean(6),
            row.getBoolean(7),
            maxSlots - row.getInt(9),
            maxSenders - row.getInt(11),
            maxSlots,
            maxSenders,
            words);
      }
    }
  }

  int major() {
    return versionNumber / 10_000;
  }

  /** A name as SQL needs it: quoted only where it must be. */
  String name(String name) {
    return name.matches("[a-z_][a-z0-9_]*") && !words.contains(name)
        ? name
        : '"' + name.replace("\"", "\"\"") + '"';
  }
}
