package io.crossfk.listener.demo;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The life of one user with two orders and a shipment, a dozen transactions over both databases:
 * they come in either order, change, and go. For moments a child is without its parent, as it is in
 * any two services that talk to each other; at no time for longer than grace.
 */
final class LoadFamily {
  /** Families are numbered from here on, so that no key of theirs is one of the story's. */
  static final long FIRST = 1_000_000;

  /** Users who were there before and stay. */
  private static final int FIRST_OLD_USER = 51;

  private static final int LAST_OLD_USER = 100;

  /**
   * One transaction.
   *
   * @param broken whether a child is without its parent afterwards
   */
  record Step(String database, String sql, boolean broken) {}

  private final long user;
  private final Iterator<Step> steps;

  LoadFamily(long number, SplittableRandom random) {
    this.user = number;
    this.steps = steps(random).iterator();
  }

  /** The family to which a user, or the order of a shipment, belongs; others' keys are below. */
  static long familyOf(ViolationKey key) {
    long value = Long.parseLong(key.values().getFirst());
    return key.rule().equals("orders-user") ? value : value / 10;
  }

  boolean hasNext() {
    return steps.hasNext();
  }

  Step next() {
    return steps.next();
  }

  long number() {
    return user;
  }

  private List<Step> steps(SplittableRandom random) {
    long order = 10 * user + 1;
    long other = 10 * user + 2;
    String insertUser = "insert into users values (" + user + ", 'load')";
    String insertOrder = "insert into orders (id, user_id) values (" + order + ", " + user + ")";
    String insertLine = "insert into order_lines values (" + order + ", 1)";
    String ship = "insert into shipments values (" + order + ", " + order + ", 1)";
    String deleteUser = "delete from users where id = " + user;
    String deleteOrder = "delete from orders where id = " + order;

    List<Step> all = new ArrayList<>();
    if (random.nextBoolean()) {
      all.add(users(insertUser));
      all.add(orders(insertOrder));
      all.add(orders(insertLine));
      all.add(users(ship));
    } else {
      all.add(broken(orders(insertOrder)));
      all.add(broken(users(ship)));
      all.add(broken(users(insertUser)));
      all.add(orders(insertLine));
    }
    long oldUser = random.nextInt(FIRST_OLD_USER, LAST_OLD_USER + 1);
    all.add(orders("update orders set amount = amount + 1 where id = " + order));
    all.add(users("update users set name = 'load, renamed' where id = " + user));
    all.add(orders("insert into orders (id, user_id) values (" + other + ", " + user + ")"));
    all.add(orders("update orders set user_id = " + oldUser + " where id = " + other));
    all.add(users("delete from shipments where id = " + order));
    all.add(orders("delete from orders where id = " + other));
    if (random.nextBoolean()) {
      all.add(orders(deleteOrder));
      all.add(users(deleteUser));
    } else {
      all.add(broken(users(deleteUser)));
      all.add(orders(deleteOrder));
    }
    return all;
  }

  private static Step users(String sql) {
    return new Step(Servers.USERS, sql, false);
  }

  private static Step orders(String sql) {
    return new Step(Servers.ORDERS, sql, false);
  }

  private static Step broken(Step step) {
    return new Step(step.database(), step.sql(), true);
  }
}
