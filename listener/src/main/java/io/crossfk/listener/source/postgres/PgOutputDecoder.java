package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Change;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Row;
import io.crossfk.rules.change.Table;
import io.crossfk.rules.change.TransactionId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one pgoutput message in, a {@link Change} out (PostgreSQL manual, "Logical Replication
 * Message Formats", protocol version 1, text format).
 *
 * <p>No I/O and no clock. What it remembers is the stream's own: which relation has which columns.
 * A decoder serves one connection, for the server describes relations anew on each; it is not safe
 * for use by several threads. Nothing of a transaction is kept (section 5, fact 4).
 */
final class PgOutputDecoder {
  /** 2000-01-01T00:00:00Z, where PostgreSQL's clock begins. */
  private static final long EPOCH_SECONDS = 946_684_800L;

  private static final int TRUNCATE_FLAGS = 1 | 2;

  private final WatchedTables tables;
  private final MessageReader reader = new MessageReader();

  /** Null stands for a relation that nobody watches. */
  private final Map<Integer, @Nullable Relation> relations = new HashMap<>();

  /** The relation read last: most messages are about the same one as the message before. */
  private @Nullable Relation last;

  private int lastId;

  PgOutputDecoder(WatchedTables tables) {
    this.tables = tables;
  }

  /**
   * What a message says of the watched tables; null if it says nothing of them.
   *
   * @param message a buffer with an array, from its position to its limit; left as it is
   * @throws MalformedMessageException if it is no message as we asked for it
   */
  @Nullable Change decode(ByteBuffer message) {
    reader.reset(message.array(), message.arrayOffset() + message.position(), message.remaining());
    byte type = reader.readByte();
    Change change =
        switch (type) {
          case 'B' -> begin();
          case 'I' -> insert();
          case 'U' -> update();
          case 'D' -> delete();
          case 'C' -> commit();
          case 'R' -> relation();
          case 'T' -> truncate();
          case 'Y' -> type();
          case 'O' -> origin();
          case 'M' -> logicalMessage();
          default ->
              throw reader.error("unknown type " + printable(type) + " at byte 0, in protocol 1");
        };
    return change;
  }

  private Change begin() {
    reader.name("Begin");
    Position finalPosition = new Position(reader.readLong());
    Instant committedAt = instant(reader.readLong());
    TransactionId transaction = new TransactionId(reader.readInt());
    reader.expectEnd();
    return new Change.Begin(transaction, finalPosition, committedAt);
  }

  private Change commit() {
    reader.name("Commit");
    reader.skip(1); // flags, none defined
    reader.skip(8); // where the commit record begins: Begin had it
    Position end = new Position(reader.readLong());
    reader.skip(8); // commit time: Begin had it
    reader.expectEnd();
    return new Change.Commit(end);
  }

  private @Nullable Change insert() {
    reader.name("Insert");
    Relation relation = readRelation();
    expect((byte) 'N');
    if (relation == null) {
      return null;
    }
    Row row = readRow(relation);
    reader.expectEnd();
    return new Change.Insert(relation.table(), row);
  }

  private @Nullable Change update() {
    reader.name("Update");
    Relation relation = readRelation();
    if (relation == null) {
      return null;
    }
    Optional<Row> before = Optional.empty();
    boolean whole = false;
    byte kind = reader.readByte();
    if (kind == 'K' || kind == 'O') {
      whole = kind == 'O';
      before = Optional.of(readRow(relation));
      kind = reader.readByte();
    }
    if (kind != 'N') {
      throw unexpected(kind, "K, O or N");
    }
    Row after = readRow(relation);
    reader.expectEnd();
    return new Change.Update(relation.table(), before, after, whole);
  }

  private @Nullable Change delete() {
    reader.name("Delete");
    Relation relation = readRelation();
    if (relation == null) {
      return null;
    }
    byte kind = reader.readByte();
    if (kind != 'K' && kind != 'O') {
      throw unexpected(kind, "K or O");
    }
    Row before = readRow(relation);
    reader.expectEnd();
    return new Change.Delete(relation.table(), before, kind == 'O');
  }

  private @Nullable Change truncate() {
    reader.name("Truncate");
    int count = reader.readInt();
    byte flags = reader.readByte();
    if ((flags & ~TRUNCATE_FLAGS) != 0) {
      throw reader.error("unknown flags " + flags + " at byte " + (reader.offset() - 1));
    }
    List<Table> truncated = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Relation relation = readRelation();
      if (relation != null) {
        truncated.add(relation.table());
      }
    }
    reader.expectEnd();
    return truncated.isEmpty() ? null : new Change.Truncate(truncated);
  }

  private @Nullable Change relation() {
    reader.name("Relation");
    int id = reader.readInt();
    WatchedTable watched = tables.find(id, reader.readName(), reader.readName());
    reader.skip(1); // the replica identity's kind: the columns' flags say all we need
    int count = reader.readShort();
    int[] slots = new int[count];
    List<Table.Column> columns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean identity = (reader.readByte() & 1) != 0;
      String name = reader.readName();
      long typeOid = Integer.toUnsignedLong(reader.readInt());
      reader.skip(4); // type modifier
      if (watched != null && watched.columns().contains(name)) {
        slots[i] = columns.size();
        columns.add(new Table.Column(name, typeOid, identity));
      } else {
        slots[i] = -1;
      }
    }
    reader.expectEnd();
    last = null;
    relations.put(
        id,
        watched == null
            ? null
            : new Relation(tables.describe(watched, new Table(watched.table(), columns)), slots));
    return null;
  }

  /** A user-defined type's name: columns carry its oid, and the catalogue its name. */
  private @Nullable Change type() {
    reader.name("Type");
    reader.skip(4);
    reader.readName();
    reader.readName();
    reader.expectEnd();
    return null;
  }

  /** The transaction came here by replication from elsewhere; it is judged like any other. */
  private @Nullable Change origin() {
    reader.name("Origin");
    reader.skip(8);
    reader.readName();
    reader.expectEnd();
    return null;
  }

  /** pg_logical_emit_message: not asked for, and not about tables. */
  private @Nullable Change logicalMessage() {
    reader.name("Message");
    reader.skip(1 + 8);
    reader.readName();
    reader.skip(reader.readInt());
    reader.expectEnd();
    return null;
  }

  private @Nullable Relation readRelation() {
    int id = reader.readInt();
    Relation known = last;
    if (known != null && id == lastId) {
      return known;
    }
    Relation relation = relations.get(id);
    if (relation == null && !relations.containsKey(id)) {
      throw reader.error(
          "relation " + Integer.toUnsignedString(id) + " was not described in this stream");
    }
    last = relation;
    lastId = id;
    return relation;
  }

  private Row readRow(Relation relation) {
    int[] slots = relation.slots();
    int count = reader.readShort();
    if (count != slots.length) {
      throw reader.error(
          "a row of "
              + relation.table().reference()
              + " has "
              + count
              + " columns at byte "
              + (reader.offset() - 2)
              + ", its description has "
              + slots.length);
    }
    @Nullable String[] values = new @Nullable String[relation.table().columns().size()];
    for (int slot : slots) {
      byte kind = reader.readByte();
      switch (kind) {
        case 't' -> {
          int length = reader.readInt();
          if (slot < 0) {
            reader.skip(length);
          } else {
            values[slot] = reader.readText(length);
          }
        }
        case 'n' -> {
          // The array holds null already.
        }
        case 'u' -> {
          if (slot >= 0) {
            values[slot] = Row.unchanged();
          }
        }
        default -> throw unexpected(kind, "t, n or u");
      }
    }
    return new Row(values);
  }

  private void expect(byte wanted) {
    byte found = reader.readByte();
    if (found != wanted) {
      throw unexpected(found, printable(wanted));
    }
  }

  private MalformedMessageException unexpected(byte found, String wanted) {
    return reader.error(
        "found "
            + printable(found)
            + " at byte "
            + (reader.offset() - 1)
            + " instead of "
            + wanted);
  }

  private static Instant instant(long microseconds) {
    return Instant.ofEpochSecond(
        EPOCH_SECONDS + Math.floorDiv(microseconds, 1_000_000L),
        Math.floorMod(microseconds, 1_000_000L) * 1_000L);
  }

  private static String printable(byte character) {
    return character > ' ' && character < 127
        ? String.valueOf((char) character)
        : "0x" + Integer.toHexString(character & 0xFF);
  }
}
