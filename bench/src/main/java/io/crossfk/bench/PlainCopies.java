package io.crossfk.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * The limit of an audit: both servers send the key's columns of all rows at the same time, and the
 * client throws away what comes.
 */
final class PlainCopies {
  private final Servers servers;
  private final KeyKind keys;

  PlainCopies(Servers servers, KeyKind keys) {
    this.servers = servers;
    this.keys = keys;
  }

  /** Seconds of each. */
  record Times(double users, double orders) {
    double slower() {
      return Math.max(users, orders);
    }
  }

  Times run() throws Exception {
    try (Connection users = servers.users().connect(Servers.USERS);
        Connection orders = servers.orders().connect(Servers.ORDERS)) {
      Servers.Pair<Double> times =
          Servers.together(
              () -> seconds(users, keys.parentColumns(), Servers.USERS),
              () -> seconds(orders, keys.childColumns(), Servers.ORDERS));
      return new Times(times.first(), times.second());
    }
  }

  private static double seconds(Connection connection, String columns, String table)
      throws SQLException, IOException {
    long start = System.nanoTime();
    CopyOut copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("copy %s (%s) to stdout (format binary)".formatted(table, columns));
    while (copy.readFromCopy() != null) {
      // Thrown away.
    }
    return (System.nanoTime() - start) / 1e9;
  }
}
