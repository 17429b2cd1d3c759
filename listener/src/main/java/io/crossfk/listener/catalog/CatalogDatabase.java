package io.crossfk.listener.catalog;

import java.time.Duration;
import java.util.Optional;

/**
 * A database whose catalogue is to be read.
 *
 * @param name the configuration's name
 * @param url pgjdbc's address
 * @param user empty if the address or the environment tells it
 * @param password empty if the address or PGPASSFILE tells it
 * @param slot the replication slot that crossfk uses, or will create, there
 * @param timeout for each statement; the reading ends a few seconds beyond it, even if the server
 *     hangs
 */
public record CatalogDatabase(
    String name,
    String url,
    Optional<String> user,
    Optional<String> password,
    String slot,
    Duration timeout) {

  /** Without the password. */
  @Override
  public String toString() {
    return "CatalogDatabase[" + name + ", " + url + "]";
  }
}
