package io.crossfk.listener.source.postgres;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A server's clock, its connections for us, and transactions that nobody ends. */
final class ServerExamination {
  private static final String LIMITS =
      """
      select r.rolconnlimit, quote_ident(r.rolname), d.datconnlimit, quote_ident(d.datname),
        r.rolsuper
      from pg_roles r, pg_database d
      where r.rolname = current_user and d.datname = current_database()\
      """;

  private static final String PREPARED =
      """
      select quote_literal(gid), extract(epoch from clock_timestamp() - prepared)::bigint
      from pg_prepared_xacts
      where database = current_database()
        and prepared <= clock_timestamp() - ? * interval '1 millisecond'
      order by prepared\
      """;

  private final Connection connection;
  private final Place place;

  ServerExamination(Connection connection, Place place) {
    this.connection = connection;
    this.place = place;
  }

  /** Against this machine's clock; the time of the question itself is in nobody's disfavour. */
  Finding clock(InstantSource clock, Duration most) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement("select clock_timestamp()")) {
      Instant before = clock.instant();
      try (ResultSet result = query.executeQuery()) {
        result.next();
        Instant there = result.getObject(1, OffsetDateTime.class).toInstant();
        Instant after = clock.instant();
        Duration apart =
            there.isBefore(before)
                ? Duration.between(there, before)
                : there.isAfter(after) ? Duration.between(after, there) : Duration.ZERO;
        String shown = String.format(Locale.ROOT, "%.1f s", apart.toMillis() / 1e3);
        if (apart.compareTo(most) <= 0) {
          return Finding.ok(
              Subject.CLOCK, place, "the server's clock and this machine's agree within " + shown);
        }
        return Finding.warning(
            Subject.CLOCK,
            place,
            "the server's clock is "
                + shown
                + (there.isBefore(before) ? " behind" : " before")
                + " this machine's: verdicts do not depend on clocks, but times in the feed"
                + " (brokenAt beside openedAt) will mislead people",
            Cure.words("let both machines set their clocks by NTP (chronyc tracking tells)"));
      }
    }
  }

  /**
   * @param needed connections that crossfk opens
   */
  List<Finding> connections(int needed) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LIMITS);
        ResultSet result = query.executeQuery()) {
      result.next();
      List<Finding> findings = new ArrayList<>();
      int ofRole = result.getInt(1);
      int ofDatabase = result.getInt(3);
      boolean unlimited = result.getBoolean(5);
      if (!unlimited && ofRole >= 0 && ofRole < needed) {
        findings.add(tooFew("role " + result.getString(2), "ROLE " + result.getString(2), needed));
      }
      if (!unlimited && ofDatabase >= 0 && ofDatabase < needed) {
        findings.add(
            tooFew("database " + result.getString(4), "DATABASE " + result.getString(4), needed));
      }
      if (findings.isEmpty()) {
        findings.add(
            Finding.ok(
                Subject.CONNECTIONS,
                place,
                "role "
                    + result.getString(2)
                    + " may have the "
                    + needed
                    + " connections it needs"));
      }
      return findings;
    }
  }

  private Finding tooFew(String name, String sql, int needed) {
    return Finding.error(
        Subject.CONNECTIONS,
        place,
        name
            + " has a connection limit below the "
            + needed
            + " that crossfk opens (one for the log, one for set-up, and lookups: connections)",
        Cure.asSuperuser("ALTER " + sql + " CONNECTION LIMIT " + needed + ";"));
  }

  /** No query sees what they did, and no verdict may go past them (I1). */
  List<Finding> preparedTransactions(Duration age) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(PREPARED)) {
      query.setLong(1, age.toMillis());
      List<Finding> findings = new ArrayList<>();
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          String name = result.getString(1);
          findings.add(
              Finding.warning(
                  Subject.PREPARED_TRANSACTIONS,
                  place,
                  "transaction "
                      + name
                      + " was prepared "
                      + result.getLong(2)
                      + " s ago and neither committed nor rolled back: its locks stay, a new slot"
                      + " cannot be created, and the log is held back",
                  Cure.run("ROLLBACK PREPARED " + name + ";")
                      .then(" or COMMIT PREPARED, as its owner wants it")));
        }
      }
      if (findings.isEmpty()) {
        findings.add(
            Finding.ok(
                Subject.PREPARED_TRANSACTIONS, place, "no prepared transaction is left open"));
      }
      return findings;
    }
  }
}
