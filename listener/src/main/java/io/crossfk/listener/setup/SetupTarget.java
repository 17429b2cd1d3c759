package io.crossfk.listener.setup;

import io.crossfk.listener.source.WatchedTable;
import io.crossfk.listener.source.postgres.PostgresAddress;
import io.crossfk.rules.model.TableReference;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One database that is to be set up.
 *
 * @param administrator who sets up; the same as {@code service} if nobody else was named
 * @param service who will listen and look up
 * @param role the service's, as the server knows it
 * @param password the role's, if the configuration tells it
 * @param tables that rules refer to
 * @param children those of them that refer to others: their rows are told apart
 */
public record SetupTarget(
    PostgresAddress administrator,
    PostgresAddress service,
    String role,
    Optional<String> password,
    String slot,
    String publication,
    List<WatchedTable> tables,
    Set<TableReference> children) {

  public SetupTarget {
    tables = List.copyOf(tables);
    children = Set.copyOf(children);
  }

  /** The configuration's name of the database. */
  public String database() {
    return service.database();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "SetupTarget[" + administrator + ", role=" + role + "]";
  }
}
