package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.Refusal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a server, and our role in it, can serve a stream at all.
 *
 * @param version the major version
 * @param mayCreate whether the role may create a publication in this database
 */
record ServerChecks(
    String database,
    String slot,
    int version,
    boolean standby,
    String walLevel,
    String role,
    boolean mayReplicate,
    boolean mayCreate,
    int slotsUsed,
    int slotsAtMost) {

  /** rds_replication: Amazon's way to give the attribute that only a superuser may give. */
  private static final String QUERY =
      """
      select current_setting('server_version_num')::int / 10000, pg_is_in_recovery(),
        current_setting('wal_level'), current_user,
        exists (select from pg_roles where rolname = current_user and (rolsuper or rolreplication))
          or exists (select from pg_roles
                     where rolname = 'rds_replication' and pg_has_role(oid, 'usage')),
        has_database_privilege(current_database(), 'create'),
        (select count(*) from pg_replication_slots),
        current_setting('max_replication_slots')::int\
      """;

  static ServerChecks read(Connection connection, String database, String slot)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(QUERY);
        ResultSet result = query.executeQuery()) {
      result.next();
      return new ServerChecks(
          database,
          slot,
          result.getInt(1),
          result.getBoolean(2),
          result.getString(3),
          result.getString(4),
          result.getBoolean(5),
          result.getBoolean(6),
          result.getInt(7),
          result.getInt(8));
    }
  }

  List<Refusal> refusals() {
    List<Refusal> refusals = new ArrayList<>();
    if (version < 14) {
      refusals.add(
          new Refusal(
              database, "PostgreSQL " + version + " is too old: 14 or newer is needed", List.of()));
    }
    if (standby) {
      refusals.add(
          new Refusal(
              database, "the server is a standby: give the address of the primary", List.of()));
    }
    if (!walLevel.equals("logical")) {
      refusals.add(
          new Refusal(
              database,
              "wal_level is "
                  + walLevel
                  + " and must be logical; the server has to be restarted after this:",
              List.of("ALTER SYSTEM SET wal_level = 'logical';")));
    }
    if (!mayReplicate) {
      refusals.add(
          new Refusal(
              database,
              "role \""
                  + role
                  + "\" may not read the log (on Amazon RDS: GRANT rds_replication TO it):",
              List.of("ALTER ROLE " + Sql.identifier(role) + " REPLICATION;")));
    }
    return refusals;
  }

  List<Refusal> refusalsToCreateSlot() {
    if (slotsUsed < slotsAtMost) {
      return List.of();
    }
    return List.of(
        new Refusal(
            database + ": replication slot " + slot,
            "all "
                + slotsAtMost
                + " slots of the server (max_replication_slots) are in use; drop one, or, with a"
                + " restart of the server:",
            List.of("ALTER SYSTEM SET max_replication_slots = " + (slotsAtMost + 5) + ";")));
  }
}
