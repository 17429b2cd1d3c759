package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.CatalogFinding.OfDatabase;
import io.crossfk.listener.catalog.CatalogFinding.Unreachable;
import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a failure to read a database means: one that may pass, or one that somebody must cure. */
final class ConnectionFailures {
  /** The server ends the session, starts, is full, or is held up. */
  private static final Set<String> PASSING =
      Set.of("57P01", "57P02", "57P03", "57014", "55P03", "53300", "53200", "53100");

  private ConnectionFailures() {}

  /** A failure to connect. */
  static CatalogFinding connecting(CatalogDatabase database, SQLException failure) {
    String state = Objects.requireNonNullElse(failure.getSQLState(), "");
    String said = said(failure);
    if (isUnreachable(state, failure)) {
      return unreachable(database, reason(failure).orElse(said));
    }
    String role = database.user().map(ConnectionFailures::quoted).orElse("<role>");
    return switch (state) {
      case "28P01" ->
          refused(
              database,
              said,
              Cure.sql(
                  "correct the database's user and password, or run as a superuser ",
                  List.of("ALTER ROLE " + role + " LOGIN PASSWORD '…';")));
      case "28000" ->
          refused(
              database,
              said,
              Cure.sql(
                      "correct the database's user, the server's pg_hba.conf, or run as a superuser"
                          + " ",
                      List.of("CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD '…';"))
                  .then(" (ALTER ROLE if it exists)"));
      case "3D000" ->
          refused(database, said, Cure.words("correct the database's name at the end of its url"));
      case "42501" ->
          refused(
              database,
              said,
              Cure.run(
                  "GRANT CONNECT ON DATABASE "
                      + quoted(databaseOf(database.url()))
                      + " TO "
                      + role
                      + ";"));
      case "08P01" ->
          error(
              database,
              "what answers at " + address(database) + " does not speak PostgreSQL's protocol",
              Cure.words("correct host and port of the url"));
      case "08004" ->
          refused(database, said, Cure.words("correct user, password or sslmode of the database"));
      default -> unreadable(database, failure);
    };
  }

  /** A failure of a connection that was open. */
  static CatalogFinding reading(CatalogDatabase database, SQLException failure) {
    return isUnreachable(Objects.requireNonNullElse(failure.getSQLState(), ""), failure)
        ? unreachable(database, reason(failure).orElse(said(failure)))
        : unreadable(database, failure);
  }

  private static CatalogFinding unreadable(CatalogDatabase database, SQLException failure) {
    return error(
        database,
        "the catalogue at "
            + address(database)
            + " cannot be read: "
            + said(failure)
            + " (SQLSTATE "
            + failure.getSQLState()
            + ")",
        Cure.words("is it a PostgreSQL server, and does its log tell more?"));
  }

  private static boolean isUnreachable(String state, SQLException failure) {
    if (cause(failure, SSLException.class) != null) {
      return false;
    }
    return PASSING.contains(state)
        || (state.startsWith("08") && !state.equals("08004") && !state.equals("08P01"));
  }

  /** A reading that was given up. */
  static CatalogFinding silent(CatalogDatabase database) {
    return unreachable(database, "it did not answer in time");
  }

  static CatalogFinding noAddress(CatalogDatabase database) {
    return error(
        database,
        "its url " + address(database) + " is not an address of PostgreSQL",
        Cure.words("write jdbc:postgresql://host:5432/database"));
  }

  private static CatalogFinding unreachable(CatalogDatabase database, String reason) {
    return new Unreachable(
        Finding.silent(
            Subject.REACHABLE,
            Place.database(database.name()),
            "database "
                + database.name()
                + " cannot be reached at "
                + address(database)
                + ": "
                + reason,
            Cure.words("start the server, or correct the url")));
  }

  private static CatalogFinding refused(CatalogDatabase database, String said, Cure cure) {
    return error(database, "the server at " + address(database) + " refuses us: " + said, cure);
  }

  private static CatalogFinding error(CatalogDatabase database, String text, Cure cure) {
    return new OfDatabase(
        Finding.error(
            Subject.REACHABLE,
            Place.database(database.name()),
            "database " + database.name() + ": " + text,
            cure));
  }

  /** In our words where the driver's would be in the language of this machine. */
  private static Optional<String> reason(SQLException failure) {
    UnknownHostException unknown = cause(failure, UnknownHostException.class);
    if (unknown != null) {
      return Optional.of("the host \"" + unknown.getMessage() + "\" is unknown");
    }
    if (cause(failure, SocketTimeoutException.class) != null
        || Set.of("57014", "55P03").contains(failure.getSQLState())) {
      return Optional.of("it did not answer in time");
    }
    if (cause(failure, NoRouteToHostException.class) != null) {
      return Optional.of("there is no route to the host");
    }
    return cause(failure, ConnectException.class) == null
        ? Optional.empty()
        : Optional.of("the connection was refused");
  }

  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }

  /** The server's or the driver's sentence, without its severity and without details. */
  private static String said(SQLException failure) {
    String message = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    return message.lines().findFirst().orElse(message).replaceFirst("^[A-Z]{4,12}: +", "").strip();
  }

  /** Without the parameters: a password may be among them. */
  static String address(CatalogDatabase database) {
    return database.url().replaceFirst("[?].*$", "");
  }

  private static String databaseOf(String url) {
    String address = url.replaceFirst("[?].*$", "");
    return address.substring(Math.max(address.lastIndexOf('/'), address.lastIndexOf(':')) + 1);
  }

  /** SQL's name of it: the server, which knows all its key words, cannot be asked. */
  private static String quoted(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }
}
