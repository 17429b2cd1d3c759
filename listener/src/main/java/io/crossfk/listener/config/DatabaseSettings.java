package io.crossfk.listener.config;

import java.time.Duration;
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
 * @param onGap what crossfk may do by itself when a part of the stream is lost
 * @param probe from one reading of the catalogue to the next
 */
public record DatabaseSettings(
    String name,
    String url,
    Optional<String> user,
    Optional<Secret> password,
    String slot,
    String publication,
    LookupSettings lookups,
    OnGap onGap,
    Duration probe) {

  static final Duration DEFAULT_PROBE = Duration.ofMinutes(1);
  static final Duration SHORTEST_PROBE = Duration.ofSeconds(1);
  static final Duration LONGEST_PROBE = Duration.ofHours(1);

  /** What the driver wants beside the URL. The caller may add to it. */
  public Properties connectionProperties() {
    Properties properties = new Properties();
    user.ifPresent(value -> properties.setProperty("user", value));
    password.ifPresent(value -> properties.setProperty("password", value.value()));
    return properties;
  }

  /** The same database at another address. */
  DatabaseSettings at(String otherUrl) {
    return new DatabaseSettings(
        name, otherUrl, user, password, slot, publication, lookups, onGap, probe);
  }

  /** The same database, where a gap is followed by this. */
  DatabaseSettings onGap(OnGap other) {
    return new DatabaseSettings(
        name, url, user, password, slot, publication, lookups, other, probe);
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
