package io.crossfk.listener.lookup.postgres;

import java.time.Duration;
import java.util.Optional;

/**
 * A PostgreSQL database to look up in.
 *
 * @param name the configuration's name
 * @param url pgjdbc's address; what it sets goes above our own settings
 * @param user empty if the address or the environment tells it
 * @param password empty if the address or PGPASSFILE tells it
 * @param connections at most this many look-ups at once, at least 1; with at least 2, a database
 *     that hangs cannot hold up the rules that do not touch it
 * @param timeout for each statement; a server that hangs fails its look-ups {@link #SLACK} later
 */
public record PostgresDatabase(
    String name,
    String url,
    Optional<String> user,
    Optional<String> password,
    int connections,
    Duration timeout) {

  /** Connections where none are configured. */
  public static final int DEFAULT_CONNECTIONS = 4;

  /** Statement timeout where none is configured. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

  /** How long after its own timeout a server may still report it before the socket is cut. */
  static final Duration SLACK = Duration.ofSeconds(2);

  public PostgresDatabase {
    if (connections < 1) {
      throw new IllegalArgumentException(
          "database " + name + ": " + connections + " connections, at least 1 is needed");
    }
    if (timeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "database " + name + ": timeout " + timeout + ", at least 1 ms is needed");
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "PostgresDatabase[" + name + ", " + url + "]";
  }
}
