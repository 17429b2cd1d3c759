package io.crossfk.listener.setup;

import io.crossfk.listener.source.postgres.PostgresAddress;
import io.crossfk.listener.source.postgres.ServerMessages;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Why set-up could not go on: all reasons at once, each one message for people. */
public final class SetupFailure extends Exception {
  /** The server ends the session, starts, is full, or is held up. */
  private static final Set<String> PASSING =
      Set.of("57P01", "57P02", "57P03", "57014", "55P03", "53300", "53200", "53100");

  /** A lock, or a transaction, that was waited for long enough. */
  private static final Set<String> HELD_UP = Set.of("57014", "55P03");

  private static final Set<String> REFUSED = Set.of("28P01", "28000");

  private final List<String> problems;
  private final boolean passing;

  SetupFailure(List<String> problems, boolean passing) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
    this.passing = passing;
  }

  /** At least one; in the order of the databases. */
  public List<String> problems() {
    return problems;
  }

  /** Whether a database could not be reached, so that trying again later may help. */
  public boolean passing() {
    return passing;
  }

  /** A failure of an administrator's connection, or of what it was told to do. */
  static SetupFailure of(SetupTarget target, SQLException failure) {
    PostgresAddress address = target.administrator();
    String said = ServerMessages.of(failure);
    if (HELD_UP.contains(state(failure))) {
      return new SetupFailure(
          List.of("database " + address + ": " + said + ": somebody holds it up, try again later"),
          true);
    }
    if (isPassing(failure)) {
      return new SetupFailure(List.of("database " + address + " cannot be reached: " + said), true);
    }
    boolean alone = address.equals(target.service());
    return new SetupFailure(
        List.of(
            "database "
                + address
                + ": "
                + said
                + (alone && REFUSED.contains(state(failure))
                    ? ". If role "
                        + target.role()
                        + " is not there yet, say who sets up: --admin-user, or PGUSER"
                    : "")),
        false);
  }

  static boolean isPassing(SQLException failure) {
    String state = state(failure);
    return PASSING.contains(state)
        || (state.startsWith("08") && !state.equals("08004") && !state.equals("08P01"));
  }

  static boolean isWrongPassword(SQLException failure) {
    return state(failure).equals("28P01");
  }

  static String said(SQLException failure) {
    return ServerMessages.of(failure);
  }

  private static String state(SQLException failure) {
    return Objects.requireNonNullElse(failure.getSQLState(), "");
  }
}
