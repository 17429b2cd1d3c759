package io.crossfk.listener.config;

import java.util.Optional;
import java.util.Properties;

/**
 * One watched database.
 *
 * @param name the name that rules use
 * @param url as pgjdbc takes it, without a password
 * @param user nothing: the URL, the service file or the operating system's user decides
 * @param password nothing: {@code PGPASSFILE} is asked
 * @param slot the replication slot; by default named after the installation
 * @param publication by default named after the installation
 */
public record DatabaseSettings(
    String name,
    String url,
    Optional<String> user,
    Optional<Secret> password,
    String slot,
    String publication,
    LookupSettings lookups) {

  /** What the driver wants beside the URL. The caller may add to it. */
  public Properties connectionProperties() {
    Properties properties = new Properties();
    user.ifPresent(value -> properties.setProperty("user", value));
    password.ifPresent(value -> properties.setProperty("password", value.value()));
    return properties;
  }

  /** The same database at another address. */
  DatabaseSettings at(String otherUrl) {
    return new DatabaseSettings(name, otherUrl, user, password, slot, publication, lookups);
  }

  /** Without the URL's options, which may name keys and their passwords. */
  @Override
  public String toString() {
    int options = url.indexOf('?');
    return "DatabaseSettings[name=%s, url=%s, user=%s, slot=%s, publication=%s, lookups=%s]"
        .formatted(
            name,
            options < 0 ? url : url.substring(0, options) + "?…",
            user.orElse("-"),
            slot,
            publication,
            lookups);
  }
}
