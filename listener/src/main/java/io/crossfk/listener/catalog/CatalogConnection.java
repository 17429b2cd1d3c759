package io.crossfk.listener.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Opens the one connection on which a catalogue is read. */
final class CatalogConnection {
  private static final int CONNECT_SECONDS = 3;

  private CatalogConnection() {}

  static Connection open(CatalogDatabase database) throws SQLException {
    long timeout = Math.max(1, database.timeout().toMillis());
    Properties properties = new Properties();
    database.user().ifPresent(user -> PGProperty.USER.set(properties, user));
    database.password().ifPresent(password -> PGProperty.PASSWORD.set(properties, password));
    PGProperty.APPLICATION_NAME.set(properties, "crossfk");
    PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
    PGProperty.LOGIN_TIMEOUT.set(properties, CONNECT_SECONDS);
    PGProperty.SOCKET_TIMEOUT.set(properties, (int) (timeout / 1000) + 3);
    @Nullable Connection connection = new Driver().connect(database.url(), properties);
    if (connection == null) {
      throw new SQLException(
          "\"" + database.url() + "\" is not of the form jdbc:postgresql://host:port/database");
    }
    try (Statement statement = connection.createStatement()) {
      // Names in our SQL are PostgreSQL's own, whatever schemas the role would search first.
      statement.execute(
          "set search_path = pg_catalog; set default_transaction_read_only = on;"
              + " set statement_timeout = "
              + timeout
              + "; set lock_timeout = "
              + timeout);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** What could not be done, and what to do. */
  static CatalogFinding finding(CatalogDatabase database, SQLException failure) {
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    String place = "database " + database.name() + ": ";
    String reason = reason(failure);
    String role = database.user().map(user -> "role \"" + user + "\"").orElse("our role");
    String target = target(database, true);
    return switch (state) {
      case "28P01" ->
          error(
              database,
              place
                  + target
                  + " refused the password of "
                  + role
                  + "; correct \"password\" of database "
                  + database.name()
                  + ", or set another with: ALTER ROLE … PASSWORD '…'");
      case "28000" ->
          error(
              database,
              place
                  + target
                  + " does not let "
                  + role
                  + " in ("
                  + reason
                  + "); create the role with LOGIN, or allow it in pg_hba.conf");
      case "3D000" ->
          error(
              database,
              place
                  + target(database, false)
                  + " has no database \""
                  + property(database, PGProperty.PG_DBNAME)
                  + "\"; correct the last part of \"url\"");
      case "42501" ->
          error(
              database,
              place
                  + role
                  + " has no privilege ("
                  + reason
                  + "); run: GRANT CONNECT ON DATABASE "
                  + property(database, PGProperty.PG_DBNAME)
                  + " TO "
                  + database.user().orElse("…"));
      case "08004" ->
          error(
              database,
              place + target + " does not let " + role + " in (" + reason + "); correct its login");
      case "" ->
          error(database, place + reason + "; correct \"url\" of database " + database.name());
      default ->
          isUnreachable(state)
              ? new CatalogFinding.Unreachable(
                  database.name(),
                  place
                      + target
                      + " cannot be reached ("
                      + reason
                      + "); see that the server runs and that \"url\" is right, rules that touch it"
                      + " wait")
              : error(
                  database,
                  place
                      + "the catalogue of "
                      + target
                      + " cannot be read ("
                      + reason
                      + ", SQLSTATE "
                      + state
                      + ")");
    };
  }

  private static boolean isUnreachable(String state) {
    // 08: connection; 53: no resources, as too many connections; 57: cancelled by the time limit,
    // starting up or shutting down.
    return state.startsWith("08") || state.startsWith("53") || state.startsWith("57");
  }

  private static CatalogFinding error(CatalogDatabase database, String message) {
    return new CatalogFinding.OfDatabase(CatalogFinding.Level.ERROR, database.name(), message);
  }

  private static String reason(SQLException failure) {
    String message = String.valueOf(failure.getMessage());
    String line = message.lines().findFirst().orElse("");
    for (String severity : new String[] {"FATAL: ", "ERROR: "}) {
      line = line.startsWith(severity) ? line.substring(severity.length()) : line;
    }
    // The driver's "The connection attempt failed." says why in its cause only.
    Throwable cause = failure.getCause();
    return cause == null || cause.getMessage() == null || line.contains(cause.getMessage())
        ? line
        : line + " " + cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }

  /** The server as its address names it: {@code localhost:5432}, and the database on it. */
  private static String target(CatalogDatabase database, boolean withName) {
    String hosts = property(database, PGProperty.PG_HOST);
    String ports = property(database, PGProperty.PG_PORT);
    String server =
        hosts.contains(",") ? "one of " + hosts : hosts + (ports.isEmpty() ? "" : ":" + ports);
    return withName ? server + "/" + property(database, PGProperty.PG_DBNAME) : server;
  }

  private static String property(CatalogDatabase database, PGProperty property) {
    @Nullable Properties parsed = Driver.parseURL(database.url(), null);
    return Optional.ofNullable(parsed).map(property::getOrDefault).orElse("");
  }
}
