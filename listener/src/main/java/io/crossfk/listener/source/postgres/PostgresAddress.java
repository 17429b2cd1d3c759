package io.crossfk.listener.source.postgres;

import java.util.Map;

/**
 * Where a database is and who asks.
 *
 * @param database the name that the configuration gives to the database
 * @param url a URL of pgjdbc
 * @param properties pgjdbc's connection properties, {@code user} and {@code password} among them;
 *     those that the URL names too are the URL's, as pgjdbc has it
 */
public record PostgresAddress(String database, String url, Map<String, String> properties) {

  public PostgresAddress {
    properties = Map.copyOf(properties);
  }

  /** Without the properties: a password may be among them. */
  @Override
  public String toString() {
    return database + " at " + url.replaceAll("[?].*", "");
  }
}
