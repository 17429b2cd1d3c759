package io.crossfk.listener.setup;

import io.crossfk.listener.source.Refusal;
import io.crossfk.listener.source.postgres.SetupResult;
import io.crossfk.listener.source.postgres.SetupSession;
import io.crossfk.listener.source.postgres.SlotAndPublication;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.postgresql.PGConnection;

/**
 * Takes the steps of a plan. Statements that follow each other are one transaction; publication and
 * slot look again before they touch anything.
 */
final class SetupExecutor implements AutoCloseable {
  private final SetupTarget target;
  private final SetupSession session;
  private final Connection connection;
  private final Consumer<String> done;

  private SetupExecutor(SetupTarget target, SetupSession session, Consumer<String> done) {
    this.target = target;
    this.session = session;
    this.connection = session.connection();
    this.done = done;
  }

  /**
   * Does all of it.
   *
   * @param done told of each step that is done, without passwords
   * @throws SetupFailure if a step failed; what was done before it stays, and is told
   */
  static void execute(SetupTarget target, List<Step> steps, Consumer<String> done)
      throws SetupFailure {
    try (SetupExecutor executor =
        new SetupExecutor(target, SetupSession.open(target.administrator()), done)) {
      int next = 0;
      while (next < steps.size()) {
        next = executor.from(steps, next);
      }
    } catch (SQLException failure) {
      throw SetupFailure.of(target, failure);
    }
  }

  private int from(List<Step> steps, int first) throws SQLException, SetupFailure {
    int end = first;
    while (end < steps.size() && isTransactional(steps.get(end))) {
      end++;
    }
    if (end > first) {
      transaction(steps.subList(first, end));
      return end;
    }
    switch (steps.get(first)) {
      case Step.Publish publish -> publish(publish);
      case Step.CreateSlot create -> createSlot();
      case Step.DropSlot drop -> {
        session.execute(drop.sql());
        done.accept(drop.sql());
      }
      case Step.Statement statement -> throw new IllegalStateException(statement.sql());
      case Step.Password password -> throw new IllegalStateException("a password stands alone");
    }
    return first + 1;
  }

  private static boolean isTransactional(Step step) {
    return step instanceof Step.Statement || step instanceof Step.Password;
  }

  private void transaction(List<Step> steps) throws SQLException {
    connection.setAutoCommit(false);
    try {
      for (Step step : steps) {
        switch (step) {
          case Step.Statement statement -> session.execute(statement.sql());
          case Step.Password password -> setPassword(password.role());
          default -> throw new IllegalStateException(step.toString());
        }
      }
      connection.commit();
    } catch (SQLException failure) {
      connection.rollback();
      throw failure;
    } finally {
      connection.setAutoCommit(true);
    }
    steps.forEach(
        step ->
            done.accept(
                switch (step) {
                  case Step.Statement statement -> statement.sql();
                  default -> "the password of role " + target.role();
                }));
  }

  /** The driver sends what the server would store: the password itself is in no server's log. */
  private void setPassword(String role) throws SQLException {
    connection
        .unwrap(PGConnection.class)
        .alterUserPassword(role, target.password().orElseThrow().toCharArray(), null);
  }

  private void publish(Step.Publish publish) throws SQLException, SetupFailure {
    SlotAndPublication.Published published =
        SlotAndPublication.byAdministrator(
                target.administrator(), target.slot(), target.publication())
            .publish(target.tables(), publish.mark().map(Step.Statement::sql).stream().toList());
    refuse(published.refusals());
    published.executed().forEach(done);
  }

  /**
   * By the role that will read it, which shows that it can: its password, its way in, its rights.
   */
  private void createSlot() throws SetupFailure {
    try {
      switch (new SlotAndPublication(target.service(), target.slot(), target.publication())
          .prepare(target.tables())) {
        case SetupResult.Ready ready -> ready.executed().forEach(done);
        case SetupResult.Refused refused -> refuse(refused.refusals());
      }
    } catch (SQLException failure) {
      throw new SetupFailure(
          List.of(
              "database "
                  + target.service()
                  + ": role "
                  + target.role()
                  + " is set up but could not make its slot: "
                  + SetupFailure.said(failure)),
          SetupFailure.isPassing(failure));
    }
  }

  private static void refuse(List<Refusal> refusals) throws SetupFailure {
    if (!refusals.isEmpty()) {
      throw new SetupFailure(refusals.stream().map(Refusal::toString).toList(), false);
    }
  }

  @Override
  public void close() throws SQLException {
    session.close();
  }
}
