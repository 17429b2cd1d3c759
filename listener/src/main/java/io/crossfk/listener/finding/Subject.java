package io.crossfk.listener.finding;

import java.util.Locale;

/** What is looked at. Each is a chapter of docs/operations.md. */
public enum Subject {
  /** The server answers, and lets us in. */
  REACHABLE,
  VERSION,
  PRIMARY,
  WAL_LEVEL,
  /** Our role may read the log. */
  LOG_ACCESS,
  /** A replication slot is free for us. */
  FREE_SLOTS,
  /** A process that sends us the log is free for us. */
  FREE_SENDERS,
  /** How much log a slot may hold back. */
  WAL_KEEP,
  /** Our replication slot. */
  SLOT,
  PUBLICATION,
  /** Connections that our role may have. */
  CONNECTIONS,
  PREPARED_TRANSACTIONS,
  CLOCK,
  /** There is a table of that name, and changes of its kind are in the log. */
  TABLE,
  COLUMN,
  /** The column's type can be a key. */
  KEY_TYPE,
  GENERATED,
  /** The table is neither unlogged nor temporary. */
  LOGGED,
  PARTITIONS,
  PRIVILEGES,
  ROW_SECURITY,
  /** The log tells which parent went. */
  REPLICA_IDENTITY,
  /** The application's own UPDATE and DELETE go on working. */
  APPLICATION_WRITES,
  PARENT_UNIQUE,
  CHILD_INDEX,
  /** Child and parent compare. */
  TYPES,
  KAFKA_REACHABLE,
  KAFKA_PROPERTIES,
  KAFKA_GROUP,
  KAFKA_TRANSACTIONS,
  TOPIC_EXISTS,
  TOPIC_RIGHTS,
  TOPIC_PARTITIONS,
  TOPIC_CLEANUP,
  TOPIC_SETTINGS_HIDDEN,
  TOPIC_REPLICAS,
  TOPIC_ELECTION,
  TOPIC_COMPACTION_LAG;

  /** As reports and docs write it: {@code wal-level}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
