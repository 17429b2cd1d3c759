package io.crossfk.listener.source.postgres;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a server says when it refuses, in one line. */
public final class ServerMessages {
  private static final String QUERY_CANCELED = "57014";
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private ServerMessages() {}

  static boolean isTimeout(SQLException e) {
    return QUERY_CANCELED.equals(e.getSQLState()) || LOCK_NOT_AVAILABLE.equals(e.getSQLState());
  }

  public static String of(SQLException e) {
    ServerErrorMessage server =
        e instanceof PSQLException refused ? refused.getServerErrorMessage() : null;
    if (server == null || server.getMessage() == null) {
      return String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", "; ");
    }
    StringBuilder text = new StringBuilder(server.getMessage());
    if (server.getDetail() != null) {
      text.append(" (").append(server.getDetail()).append(')');
    }
    return text.toString().replaceAll("\\s*\\R\\s*", "; ");
  }
}
