package io.crossfk.listener.randomwork;

import java.util.Locale;

/** What can go wrong, as a fault of the plan. */
enum FaultKind {
  LISTENER_KILLED,
  LISTENER_KILLED_WITH_STANDBY,
  LISTENER_TERMINATED,
  LISTENER_HANGS_WITH_STANDBY,
  DATABASE_RESTARTED(true),
  DATABASE_STOPPED_IMMEDIATELY(true),
  DATABASE_KILLED(true),
  DATABASE_KILLED_WITH_COMMITS_LOST(true),
  DATABASE_HANGS(true),
  DATABASE_LINE_CUT(true),
  DATABASE_LINE_SILENT(true),
  DATABASE_LINE_SLOW(true),
  DATABASE_REFUSES_CONNECTIONS(true),
  WALSENDER_TERMINATED(true),
  LOOKUPS_TERMINATED(true),
  SELECT_REVOKED(true),
  LOGIN_REFUSED(true),
  SLOT_DROPPED(true),
  PARENT_LOCKED(true),
  KAFKA_RESTARTED,
  KAFKA_KILLED,
  KAFKA_LINE_CUT,
  KAFKA_LINE_SILENT,
  KAFKA_LINE_SLOW;

  private final boolean ofDatabase;

  FaultKind() {
    this(false);
  }

  FaultKind(boolean ofDatabase) {
    this.ofDatabase = ofDatabase;
  }

  /** Whether it happens to one of the databases. */
  boolean isOfDatabase() {
    return ofDatabase;
  }

  String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
