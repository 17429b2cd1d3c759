package io.crossfk.listener.lookup.postgres;

import io.crossfk.listener.lookup.AuditOutcome;
import io.crossfk.listener.lookup.AuditSink;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a child table from its first page to its last, some pages at a time, each time in a
 * transaction of its own: no snapshot is old, and what was read need not be read again.
 *
 * <p>A row stays on its page unless it is written, which the log tells, or its table's files are:
 * VACUUM FULL, CLUSTER, a truncate, a partition more or less. So the files are looked at before and
 * after each piece, and with other files the reading begins at the beginning. Pages beyond those
 * that were there at the beginning hold what was written since.
 */
final class TableReading {
  /** Rows fetched, and keys handed out, at a time. */
  private static final int CHUNK = 2000;

  /**
   * Times that the files may change; a table that is rewritten all the time is tried again later.
   */
  private static final int BEGINNINGS = 5;

  private static final String FILES =
      "select coalesce(string_agg(c.oid || ':' || c.relfilenode, ',' order by c.oid), ''),"
          + " coalesce(max(pg_catalog.pg_relation_size(c.oid)), 0)"
          + " / pg_catalog.current_setting('block_size')::bigint"
          + " from pg_catalog.pg_class c where c.relkind = 'r' and c.oid in "
          + Sql.MEMBERS;

  private final Connection connection;
  private final BoundRule rule;
  private final AuditSink sink;
  private final int pieceBlocks;
  private long rows;
  private long handedOut;

  /** The table's files and their pages. */
  private record Files(String names, long blocks) {

    /** Short, and other if the files are. */
    String fingerprint() {
      return Long.toHexString(
          names.chars().asLongStream().reduce(1125899906842597L, (hash, c) -> 31 * hash + c));
    }
  }

  /**
   * @param connection with a transaction that reads one snapshot
   * @param pieceBlocks pages of each file that are read from one snapshot
   */
  TableReading(Connection connection, BoundRule rule, AuditSink sink, int pieceBlocks) {
    this.connection = connection;
    this.rule = rule;
    this.sink = sink;
    this.pieceBlocks = pieceBlocks;
  }

  AuditOutcome read(Optional<String> from) throws SQLException {
    Files files = files();
    long block = from.map(place -> block(place, files.fingerprint())).orElse(0L);
    Files known = files;
    for (int beginning = 0; beginning < BEGINNINGS; ) {
      if (!piece(block)) {
        return new AuditOutcome.Aborted();
      }
      Files now = files();
      if (!now.names().equals(known.names())) {
        known = now;
        block = 0;
        beginning++;
        continue;
      }
      block += pieceBlocks;
      if (block >= known.blocks()) {
        return new AuditOutcome.Complete(rows, handedOut);
      }
      if (!sink.passed(known.fingerprint() + "@" + block)) {
        return new AuditOutcome.Aborted();
      }
    }
    return new AuditOutcome.Failed(
        rule.rule().child().database(),
        "table " + rule.child().table() + " is rewritten again and again");
  }

  /** The page where to go on; the first if the files are others. */
  private static long block(String place, String fingerprint) {
    int at = place.indexOf('@');
    return at >= 0 && place.substring(0, at).equals(fingerprint)
        ? Long.parseLong(place.substring(at + 1))
        : 0;
  }

  private Files files() throws SQLException {
    String table = Sql.quoted(rule.child().table());
    try (PreparedStatement statement = connection.prepareStatement(FILES)) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Files(row.getString(1), row.getLong(2));
      }
    } finally {
      // Its snapshot is not the piece's.
      connection.rollback();
    }
  }

  /**
   * @return false to abort
   */
  private boolean piece(long block) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet sight = statement.executeQuery(LookupStatements.VISIBILITY)) {
      sight.next();
      Sight seen = Sights.read(sight);
      if (!sink.opened(seen)) {
        return false;
      }
    }
    String sql = new TableStatements(rule).audit(block, block + pieceBlocks);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(CHUNK);
      try (ResultSet keys = statement.executeQuery()) {
        return handOut(keys);
      }
    } finally {
      connection.rollback();
    }
  }

  private boolean handOut(ResultSet read) throws SQLException {
    KeyShape shape = rule.shape();
    @Nullable String[] texts = new @Nullable String[shape.pairs().size()];
    List<Key> chunk = new ArrayList<>(CHUNK);
    @Nullable Key last = null;
    while (read.next()) {
      for (int column = 0; column < texts.length; column++) {
        texts[column] = read.getString(column + 1);
      }
      Key key = shape.fromChild(texts);
      rows++;
      if (key.equals(last)) {
        continue;
      }
      last = key;
      chunk.add(key);
      if (chunk.size() == CHUNK) {
        handedOut += CHUNK;
        if (!sink.keys(chunk)) {
          return false;
        }
        chunk = new ArrayList<>(CHUNK);
      }
    }
    handedOut += chunk.size();
    return chunk.isEmpty() || sink.keys(chunk);
  }
}
