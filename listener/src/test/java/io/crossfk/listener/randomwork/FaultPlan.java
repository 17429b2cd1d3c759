package io.crossfk.listener.randomwork;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Which fault comes when, from a seed: an endless sequence. It is dealt like cards, so that every
 * kind comes before one comes again; first those that hurt in ways of their own.
 */
final class FaultPlan {
  private static final List<FaultKind> FIRST =
      List.of(
          FaultKind.LISTENER_KILLED,
          FaultKind.LISTENER_KILLED_WITH_STANDBY,
          FaultKind.DATABASE_KILLED_WITH_COMMITS_LOST,
          FaultKind.DATABASE_LINE_CUT,
          FaultKind.DATABASE_LINE_SILENT,
          FaultKind.SLOT_DROPPED,
          FaultKind.SELECT_REVOKED,
          FaultKind.PARENT_LOCKED,
          FaultKind.KAFKA_KILLED,
          FaultKind.KAFKA_LINE_CUT);

  private final Random random;
  private final Deque<Card> cards = new ArrayDeque<>();

  private record Card(FaultKind kind, String database) {}

  /**
   * @param pauseMillis after the end of the one before
   * @param database which is struck, or belongs to what is
   * @param holdMillis how long it lasts, if it lasts
   */
  record Fault(FaultKind kind, int pauseMillis, String database, int holdMillis) {}

  FaultPlan(long seed) {
    this.random = new Random(seed * 31 - 1);
    List<Card> first = new ArrayList<>();
    FIRST.forEach(kind -> first.add(new Card(kind, anyDatabase())));
    deal(first);
  }

  private String anyDatabase() {
    return Installation.DATABASES.get(random.nextInt(Installation.DATABASES.size()));
  }

  private void deal(List<Card> dealt) {
    Collections.shuffle(dealt, random);
    cards.addAll(dealt);
  }

  Fault next() {
    if (cards.isEmpty()) {
      List<Card> all = new ArrayList<>();
      for (FaultKind kind : FaultKind.values()) {
        if (kind.isOfDatabase()) {
          Installation.DATABASES.forEach(database -> all.add(new Card(kind, database)));
        } else {
          all.add(new Card(kind, anyDatabase()));
        }
      }
      deal(all);
    }
    Card card = cards.remove();
    return new Fault(
        card.kind(), 200 + random.nextInt(1800), card.database(), 300 + random.nextInt(2700));
  }
}
