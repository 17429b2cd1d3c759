package io.crossfk.rules.simulation;

import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Existing;
import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableDescription;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Databases, tables and the rules between them, drawn. */
final class Schema {
  private static final List<Duration> GRACES =
      List.of(
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofMillis(200),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60));

  /**
   * A table: first the columns of its own key, then those by which it refers to others.
   *
   * @param key null if nobody refers to it
   * @param wholeOldRows replica identity FULL: the log tells all columns of an old row
   */
  record Table(TableReference reference, @Nullable KeyKind key, boolean wholeOldRows) {
    /** By its name, which is all that tells tables of one world apart. */
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other
          || (other instanceof Table table && reference.table().equals(table.reference.table()));
    }

    @Override
    public int hashCode() {
      return reference.table().hashCode();
    }

    int keyColumns() {
      return key == null ? 0 : key.columns;
    }

    /** The row's key as its database compares it; null if it has none or a column is NULL. */
    @Nullable String keyOf(@Nullable String[] cells) {
      return key == null ? null : key.folded(cells, 0);
    }
  }

  /**
   * A rule between two tables.
   *
   * @param from the first of the child's columns
   */
  record Edge(BoundRule bound, Table child, int from, Table parent, KeyKind kind) {
    /** By its name, as tables are. */
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other || (other instanceof Edge edge && name().equals(edge.name()));
    }

    @Override
    public int hashCode() {
      return name().hashCode();
    }

    Rule rule() {
      return bound.rule();
    }

    String name() {
      return bound.rule().name();
    }

    /** The key that a child row holds; null if the rule does not check it. */
    @Nullable Key held(@Nullable String[] cells) {
      Key key = bound.shape().fromChild(kind.cut(cells, from));
      if (!key.partlyNull()) {
        return key;
      }
      boolean checked =
          rule().match() == Match.FULL && key.values().stream().anyMatch(value -> value != null);
      return checked ? key : null;
    }

    /** The key as the parent's database compares it; null if it is partly NULL. */
    @Nullable String folded(Key key) {
      if (key.partlyNull()) {
        return null;
      }
      @Nullable String[] texts = new @Nullable String[kind.columns];
      for (int column = 0; column < texts.length; column++) {
        texts[column] = bound.shape().parentText(key, column);
      }
      return kind.folded(texts, 0);
    }
  }

  final List<String> databases;
  final List<Table> tables = new ArrayList<>();
  final List<Edge> edges = new ArrayList<>();
  final int keys;

  /** How many columns each table has, in the order of the tables. */
  private final List<List<KeyKind>> slots = new ArrayList<>();

  /**
   * @param leftOut rules, by their place, that a smaller world does without
   */
  Schema(Chance chance, Set<Integer> leftOut) {
    // In a narrow world everything happens to the same one or two keys.
    boolean narrow = chance.oneIn(3);
    this.databases =
        List.of("users", "orders", "billing").subList(0, narrow ? 2 : chance.between(2, 3));
    this.keys = narrow ? chance.between(1, 2) : chance.between(1, 4);
    int parents = narrow ? 1 : chance.between(1, 2);
    for (int i = 0; i < parents; i++) {
      String database = narrow ? "users" : chance.any(databases);
      addTable(database, chance.any(List.of(KeyKind.values())), chance);
    }
    int children = narrow ? 1 : chance.between(1, 3);
    for (int i = 0; i < children; i++) {
      addTable(narrow ? "orders" : chance.any(databases), null, chance);
    }
    int rules = narrow || chance.oneIn(4) ? 1 : chance.between(1, 5);
    for (int i = 0; i < rules; i++) {
      addRule(i, chance, leftOut.contains(i));
    }
  }

  private void addTable(String database, @Nullable KeyKind key, Chance chance) {
    tables.add(
        new Table(
            new TableReference(database, "public", "t" + tables.size()), key, chance.oneIn(3)));
    slots.add(new ArrayList<>());
  }

  private void addRule(int number, Chance chance, boolean leftOut) {
    List<Table> targets = tables.stream().filter(table -> table.key() != null).toList();
    Table parent = chance.any(targets);
    KeyKind kind = java.util.Objects.requireNonNull(parent.key());
    // One time in five a table that is a parent itself, or the same one.
    List<Table> plain = tables.stream().filter(table -> table.key() == null).toList();
    Table child = chance.any(chance.oneIn(5) ? tables : plain);
    List<KeyKind> its = slots.get(tables.indexOf(child));
    boolean shares = chance.oneIn(3) && its.contains(kind);
    if (!shares && its.size() < 2) {
      its.add(kind);
    } else if (!its.contains(kind)) {
      return; // No room: the first rule always has some.
    }
    int place = shares ? its.indexOf(kind) : its.lastIndexOf(kind);
    int from = child.keyColumns();
    for (KeyKind before : its.subList(0, place)) {
      from += before.columns;
    }
    Rule rule =
        Rule.of(
                "rule" + number,
                new TableKey(child.reference(), columns(from, kind)),
                new TableKey(parent.reference(), columns(0, kind)))
            .withMatch(kind == KeyKind.PAIR && chance.oneIn(2) ? Match.FULL : Match.SIMPLE)
            .withGrace(chance.any(GRACES))
            .withMaxOpen(chance.oneIn(3) ? chance.between(1, 3) : 1000)
            .withExisting(chance.oneIn(5) ? Existing.IGNORE : Existing.REPORT);
    if (leftOut) {
      return;
    }
    KeyShape.Pair pair = new KeyShape.Pair(kind.type, kind.type);
    List<KeyShape.Pair> pairs = kind.columns == 1 ? List.of(pair) : List.of(pair, pair);
    edges.add(
        new Edge(
            new BoundRule(
                rule,
                KeyShape.of(pairs),
                new TableDescription(child.reference(), Map.of(), List.of("id")),
                new TableDescription(parent.reference(), Map.of(), List.of("id"))),
            child,
            from,
            parent,
            kind));
  }

  private static List<String> columns(int from, KeyKind kind) {
    return IntStream.range(from, from + kind.columns).mapToObj(column -> "c" + column).toList();
  }

  /** What a table's columns after its own key hold. */
  List<KeyKind> slots(Table table) {
    return slots.get(tables.indexOf(table));
  }

  int width(Table table) {
    return table.keyColumns() + slots(table).stream().mapToInt(kind -> kind.columns).sum();
  }

  /** The tables that a rule touches; of the others no log tells. */
  List<Table> published() {
    return tables.stream()
        .filter(
            table ->
                edges.stream()
                    .anyMatch(edge -> edge.child().equals(table) || edge.parent().equals(table)))
        .toList();
  }

  @Override
  public String toString() {
    return String.join(
        "; ",
        edges.stream()
            .map(
                edge ->
                    edge.name()
                        + " "
                        + edge.rule().child()
                        + " -> "
                        + edge.rule().parent()
                        + " "
                        + edge.kind()
                        + " "
                        + edge.rule().match()
                        + " grace "
                        + edge.rule().grace()
                        + " max-open "
                        + edge.rule().maxOpen()
                        + (edge.child().wholeOldRows() ? " whole old rows" : ""))
            .toList());
  }
}
