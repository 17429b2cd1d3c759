package io.crossfk.listener.finding;

import io.crossfk.rules.model.TableReference;
import java.util.Locale;
import java.util.Optional;

/**
 * What a finding is about.
 *
 * @param name for people: {@code users}, {@code users:public.users}, {@code orders-user}
 * @param database where SQL that cures it is run; the configuration's name
 */
public record Place(Kind kind, String name, Optional<String> database) {

  /** Kinds of places. */
  public enum Kind {
    DATABASE,
    TABLE,
    RULE,
    KAFKA,
    TOPIC;

    /** As reports write it. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static Place database(String name) {
    return new Place(Kind.DATABASE, name, Optional.of(name));
  }

  public static Place table(TableReference table) {
    return new Place(Kind.TABLE, table.toString(), Optional.of(table.database()));
  }

  public static Place rule(String name) {
    return new Place(Kind.RULE, name, Optional.empty());
  }

  public static Place kafka(String bootstrapServers) {
    return new Place(Kind.KAFKA, bootstrapServers, Optional.empty());
  }

  public static Place topic(String name) {
    return new Place(Kind.TOPIC, name, Optional.empty());
  }
}
