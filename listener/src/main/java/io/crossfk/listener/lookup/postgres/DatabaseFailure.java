package io.crossfk.listener.lookup.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** A statement or a connection failed: which database, why in one line, and what follows. */
final class DatabaseFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** What a failure says about the next try. */
  enum Kind {
    /** The database does not answer: nothing that needs it has a chance now. */
    DOWN,
    /** A time limit passed: fewer keys at once may do. */
    SLOW,
    /** A value does not fit: perhaps of one key only. */
    VALUE,
    /** This statement fails: a missing table or privilege, say. */
    OTHER
  }

  private final String database;
  private final Kind kind;

  DatabaseFailure(String database, SQLException cause) {
    super(reason(cause), cause);
    this.database = database;
    this.kind = kind(cause);
  }

  String database() {
    return database;
  }

  Kind kind() {
    return kind;
  }

  /** One line for people, without a user's values: messages of class 22 repeat them. */
  static String reason(SQLException failure) {
    // The pool wraps the driver's exception into one that only says how long it waited.
    SQLException told =
        failure instanceof SQLTransientConnectionException
                && failure.getCause() instanceof SQLException cause
            ? cause
            : failure;
    String state = state(told);
    if (state.startsWith("22")) {
      return "a key's value does not fit its column's type (SQLSTATE " + state + ")";
    }
    String line = firstLine(told);
    // The driver's "An I/O error occurred" says why in its cause only.
    String root = told.getCause() == null ? null : told.getCause().getMessage();
    return root == null || line.contains(root)
        ? line
        : line + " (" + root.lines().findFirst().orElse("") + ")";
  }

  private static String firstLine(SQLException failure) {
    String message = failure.getMessage();
    String line = message == null ? failure.toString() : message.lines().findFirst().orElse("");
    for (String severity : new String[] {"FATAL: ", "ERROR: "}) {
      line = line.startsWith(severity) ? line.substring(severity.length()) : line;
    }
    return line;
  }

  private static Kind kind(SQLException failure) {
    if (failure instanceof SQLTransientConnectionException) {
      return Kind.DOWN;
    }
    String state = state(failure);
    return switch (state) {
      // Cancelled by statement_timeout; no lock within lock_timeout.
      case "57014", "55P03" -> Kind.SLOW;
      // A pool that is closed has no state.
      case "" -> Kind.DOWN;
      default -> {
        // 08: connection; 28: not let in; 3D: no such database; 53: no resources; 57P: shutting
        // down or starting up; 58: I/O; XX: broken.
        if (state.startsWith("08")
            || state.startsWith("28")
            || state.startsWith("3D")
            || state.startsWith("53")
            || state.startsWith("57P")
            || state.startsWith("58")) {
          yield Kind.DOWN;
        }
        yield state.startsWith("22") ? Kind.VALUE : Kind.OTHER;
      }
    };
  }

  private static String state(SQLException failure) {
    @Nullable String state = failure.getSQLState();
    return state == null ? "" : state;
  }
}
