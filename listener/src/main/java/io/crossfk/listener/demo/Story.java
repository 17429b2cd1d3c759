package io.crossfk.listener.demo;

import io.crossfk.listener.demo.Stage.Commit;
import io.crossfk.rules.judge.JudgeTally;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** What happens to two services over the years, in six chapters. */
final class Story {
  private static final String USERS = Servers.USERS;
  private static final String ORDERS = Servers.ORDERS;

  @FunctionalInterface
  private interface Plot {
    void play() throws DemoFailure, SQLException, InterruptedException;
  }

  private record Chapter(String title, Plot plot) {}

  private final Stage stage;
  private final Narrator narrator;
  private final List<Chapter> chapters =
      List.of(
          new Chapter("An order for a user who is there", this::orderForAUser),
          new Chapter("An order that comes before its user", this::orderBeforeItsUser),
          new Chapter("An order for nobody", this::orderForNobody),
          new Chapter("A user goes, the orders stay", this::userDeleted),
          new Chapter("An order moves to a user who does not exist", this::orderMoved),
          new Chapter("A key of two columns", this::compositeKey));

  Story(Stage stage, Narrator narrator) {
    this.stage = stage;
    this.narrator = narrator;
  }

  int length() {
    return chapters.size();
  }

  /** Plays one chapter; the first is number 1. */
  void play(int number) throws DemoFailure, SQLException, InterruptedException {
    Chapter chapter = chapters.get(number - 1);
    narrator.chapter(number, chapter.title());
    chapter.plot().play();
  }

  /** At least this long a chapter takes, since crossfk waits for grace to be over. */
  Duration least(int number) {
    return number == 1 ? Duration.ZERO : stage.grace().plus(Stage.LISTEN_ON);
  }

  private void orderForAUser() throws DemoFailure, SQLException, InterruptedException {
    JudgeTally before = stage.tally();
    Commit commit = stage.does(ORDERS, "insert into orders (id, user_id) values (1001, 1)");
    Duration judged = stage.judged(before, commit);
    narrator.silence(
        "nothing to tell: judged %s after the commit, user 1 is in the other database"
            .formatted(Narrator.milliseconds(judged)));
  }

  private void orderBeforeItsUser() throws DemoFailure, SQLException, InterruptedException {
    Commit commit = stage.does(ORDERS, "insert into orders (id, user_id) values (1002, 201)");
    narrator.more("Half a second passes, as it does when two services talk by messages.");
    stage.pause(Duration.ofMillis(500));
    stage.does(USERS, "insert into users values (201, 'Ada')");
    if (stage.tookLongerThanGrace(user(201), commit)) {
      narrator.more("This machine is so busy that all of it took longer than grace.");
      return;
    }
    stage.staysSilent(commit);
    narrator.silence(
        "nothing to tell: the user came within grace, which is %s for this rule"
            .formatted(Narrator.milliseconds(stage.grace())));
  }

  private void orderForNobody() throws DemoFailure, SQLException, InterruptedException {
    ViolationKey key = user(202);
    stage.opens(key, stage.does(ORDERS, "insert into orders (id, user_id) values (1003, 202)"));
    stage.resolves(key, stage.does(USERS, "insert into users values (202, 'Grace')"));
  }

  private void userDeleted() throws DemoFailure, SQLException, InterruptedException {
    ViolationKey key = user(2);
    stage.opens(key, stage.does(USERS, "delete from users where id = 2"));
    stage.resolves(key, stage.does(ORDERS, "delete from orders where user_id = 2"));
  }

  private void orderMoved() throws DemoFailure, SQLException, InterruptedException {
    stage.opens(user(203), stage.does(ORDERS, "update orders set user_id = 203 where id = 1001"));
    narrator.more("It stays open, for the count at the end.");
  }

  private void compositeKey() throws DemoFailure, SQLException, InterruptedException {
    stage.does(USERS, "insert into shipments (id, order_id, line_no) values (501, 1, 2)");
    Commit commit =
        stage.does(USERS, "insert into shipments (id, order_id, line_no) values (502, 1, 7)");
    stage.opens(
        new ViolationKey("shipments-order-line", List.of("order_id", "line_no"), List.of("1", "7")),
        commit);
    narrator.more("Line 2 of order 1 is there, line 7 is not. It stays open, too.");
  }

  private static ViolationKey user(int id) {
    return new ViolationKey("orders-user", List.of("user_id"), List.of(Integer.toString(id)));
  }
}
