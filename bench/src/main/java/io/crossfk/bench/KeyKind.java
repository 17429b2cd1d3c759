package io.crossfk.bench;

import java.util.Locale;

/**
 * A kind of key, and the tables that have it: {@code users}, and {@code orders} that refer to them
 * by chance. A user is a number from 1, and a key made of it. Everything comes from the rows'
 * numbers and a seed, so that each run has the same rows.
 */
enum KeyKind {
  BIGINT("id bigint not null", "user_id bigint not null", "id", "user_id") {
    @Override
    String key(String number) {
      return number;
    }
  },
  UUID("id uuid not null", "user_id uuid not null", "id", "user_id") {
    @Override
    String key(String number) {
      return "md5('user ' || " + number + ")::uuid";
    }
  },
  TWO_COLUMNS(
      "tenant_id int not null, id bigint not null",
      "tenant_id int not null, user_id bigint not null",
      "tenant_id, id",
      "tenant_id, user_id") {
    @Override
    String key(String number) {
      return "(" + number + " % 1000)::int, " + number + " / 1000";
    }
  };

  /** Of the orders, so many refer to nobody, each to a nobody of its own. */
  static final int ORPHANS = 100;

  private static final String SEED = "20261122";
  private static final long LARGEST = Long.MAX_VALUE;

  private final String parentDefinition;
  private final String childDefinition;
  private final String parentColumns;
  private final String childColumns;

  KeyKind(
      String parentDefinition, String childDefinition, String parentColumns, String childColumns) {
    this.parentDefinition = parentDefinition;
    this.childDefinition = childDefinition;
    this.parentColumns = parentColumns;
    this.childColumns = childColumns;
  }

  /** The expressions of a user's key, from an SQL expression of its number. */
  abstract String key(String number);

  /** As {@code --keys} names it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The key of {@code users}, as SQL writes columns. */
  String parentColumns() {
    return parentColumns;
  }

  /** The columns of {@code orders} that refer to {@link #parentColumns}. */
  String childColumns() {
    return childColumns;
  }

  /** {@link #parentColumns} with their types. */
  String parentDefinition() {
    return parentDefinition;
  }

  String createUsers(long rows) {
    return """
    create table users (%s, name text not null, created timestamptz not null);
    insert into users select %s, 'user ' || g, timestamptz '2026-01-01' + g * interval '1 second'
      from generate_series(1, %d::bigint) g;
    alter table users add primary key (%s)\
    """
        .formatted(parentDefinition, key("g"), rows, parentColumns);
  }

  /** The orphans stand evenly among the others, each with a number that is nobody's. */
  String createOrders(long rows) {
    return """
    create table orders (id bigint not null, %1$s, amount numeric(10, 2), note text, created timestamptz not null);
    insert into orders
      select g, %2$s, (g %% 100000) / 100.0, 'order ' || g, timestamptz '2026-02-01' + g * interval '1 second'
      from (select g, case when %3$s then %4$d + g
              else 1 + (hashint8extended(g, %5$s) & %6$d) %% %4$d end as u
            from generate_series(1, %4$d::bigint) g) numbered;
    alter table orders add primary key (id);
    create index orders_user on orders (%7$s)\
    """
        .formatted(
            childDefinition, key("u"), isOrphan("g", rows), rows, SEED, LARGEST, childColumns);
  }

  /** The condition for an order's number that it is an orphan. */
  static String isOrphan(String number, long rows) {
    long step = rows / ORPHANS;
    return "%1$s %% %2$d = %3$d and %1$s <= %4$d".formatted(number, step, step / 3, step * ORPHANS);
  }
}
