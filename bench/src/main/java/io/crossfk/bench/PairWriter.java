package io.crossfk.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A user and an order of his come, in one order or the other, live for a moment and go, in one
 * order or the other: four commits on two servers. In between the order may be an orphan, for as
 * long as the second commit takes; never for longer.
 */
final class PairWriter implements Callable<PairWriter.Work> {
  /** Pairs that live at a time. */
  private static final int ALIVE = 50;

  private static final int COMMITS = 4;

  private final Servers servers;
  private final KeyKind keys;
  private final long first;
  private final double pairsASecond;
  private final Deque<Long> alive = new ArrayDeque<>();
  private volatile boolean stopped;
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong longestGap = new AtomicLong();

  /**
   * @param first number of a user and of an order that nobody else uses, nor those after it
   * @param rate commits a second that are wished for
   */
  PairWriter(Servers servers, KeyKind keys, long first, double rate) {
    this.servers = servers;
    this.keys = keys;
    this.first = first;
    this.pairsASecond = rate / COMMITS;
  }

  /** What was done so far; the longest gap is the time between the two commits of a pair. */
  record Work(long commits, double longestGapSeconds) {}

  Work soFar() {
    return new Work(commits.get(), longestGap.get() / 1e9);
  }

  /** Ends it after the pairs that are alive have gone. */
  void stop() {
    stopped = true;
  }

  @Override
  public Work call() throws SQLException {
    try (Connection users = servers.users().connect(Servers.USERS);
        Connection orders = servers.orders().connect(Servers.ORDERS);
        PreparedStatement userComes =
            users.prepareStatement(
                "insert into users select %s, 'pair', now() from (select ?::bigint as u) one"
                    .formatted(keys.key("u")));
        PreparedStatement orderComes =
            orders.prepareStatement(
                "insert into orders select u, %s, 0, 'pair', now() from (select ?::bigint as u) one"
                    .formatted(keys.key("u")));
        PreparedStatement userGoes =
            users.prepareStatement(
                "delete from users where (%s) = (select %s from (select ?::bigint as u) one)"
                    .formatted(keys.parentColumns(), keys.key("u")));
        PreparedStatement orderGoes = orders.prepareStatement("delete from orders where id = ?")) {
      long start = System.nanoTime();
      for (long pair = 0; !stopped; pair++) {
        long number = first + pair;
        boolean userFirst = pair % 2 == 0;
        both(number, userFirst ? userComes : orderComes, userFirst ? orderComes : userComes);
        alive.add(number);
        if (alive.size() > ALIVE) {
          goes(alive.remove(), userGoes, orderGoes);
        }
        long early = start + (long) (1e9 * (pair + 1) / pairsASecond) - System.nanoTime();
        if (early > 0) {
          LockSupport.parkNanos(early);
        }
      }
      while (!alive.isEmpty()) {
        goes(alive.remove(), userGoes, orderGoes);
      }
    }
    return soFar();
  }

  private void goes(long number, PreparedStatement userGoes, PreparedStatement orderGoes)
      throws SQLException {
    boolean userFirst = number / 2 % 2 == 0;
    both(number, userFirst ? userGoes : orderGoes, userFirst ? orderGoes : userGoes);
  }

  private void both(long number, PreparedStatement one, PreparedStatement other)
      throws SQLException {
    long before = System.nanoTime();
    one.setLong(1, number);
    require(one.executeUpdate());
    other.setLong(1, number);
    require(other.executeUpdate());
    longestGap.accumulateAndGet(System.nanoTime() - before, Math::max);
    commits.addAndGet(2);
  }

  private static void require(int rows) {
    if (rows != 1) {
      throw new IllegalStateException("a statement of the load touched " + rows + " rows");
    }
  }
}
