package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.CatalogFinding.Level;
import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Can this rule be watched? Binds it to its two tables, or says what is in the way. */
final class RuleCheck {
  private final Rule rule;
  private final Findings findings;

  RuleCheck(Rule rule, Findings findings) {
    this.rule = rule;
    this.findings = findings;
  }

  /**
   * @param child null if its database was not read; then only the other side is checked
   */
  Optional<BoundRule> bind(@Nullable DatabaseFacts child, @Nullable DatabaseFacts parent) {
    Optional<Found> foundChild = child == null ? Optional.empty() : child(child);
    Optional<Found> foundParent = parent == null ? Optional.empty() : parent(parent);
    if (foundChild.isEmpty() || foundParent.isEmpty()) {
      return Optional.empty();
    }
    return shape(foundChild.get(), foundParent.get())
        .map(
            shape -> {
              checkChildIndex(foundChild.get(), shape);
              return new BoundRule(
                  rule,
                  shape,
                  foundChild
                      .get()
                      .check
                      .describe(foundChild.get().facts, foundChild.get().rowIdentity),
                  foundParent
                      .get()
                      .check
                      .describe(foundParent.get().facts, foundParent.get().rowIdentity));
            })
        .filter(bound -> !findings.hasError(rule.name()));
  }

  /** A side whose table and columns are there. */
  private record Found(Side side, SideCheck check, TableFacts facts, List<String> rowIdentity) {}

  private Optional<Found> child(DatabaseFacts database) {
    Side side = new Side(rule.name(), "child", rule.child(), database);
    SideCheck check = new SideCheck(side, findings);
    return check
        .find()
        .map(
            facts -> {
              checkChildIdentity(side, facts);
              return new Found(
                  side, check, facts, check.checkAccess(facts, !rule.withinOneDatabase()));
            });
  }

  private Optional<Found> parent(DatabaseFacts database) {
    Side side = new Side(rule.name(), "parent", rule.parent(), database);
    SideCheck check = new SideCheck(side, findings);
    return check
        .find()
        .map(
            facts -> {
              checkUnique(side, facts);
              checkParentIdentity(side, facts);
              return new Found(side, check, facts, check.checkAccess(facts, false));
            });
  }

  private Optional<KeyShape> shape(Found child, Found parent) {
    List<KeyShape.Pair> pairs = new ArrayList<>();
    boolean comparable = true;
    for (int column = 0; column < rule.child().columns().size(); column++) {
      TableFacts.Column childColumn = column(child, column);
      TableFacts.Column parentColumn = column(parent, column);
      ColumnType childType = childColumn.type().orElseThrow();
      ColumnType parentType = parentColumn.type().orElseThrow();
      Optional<String> why =
          KeyShape.whyNot(childType, parentType)
              .or(() -> otherCollation(childColumn, parentColumn));
      why.ifPresent(
          reason ->
              error(
                  place(child, childColumn)
                      + " cannot refer to "
                      + place(parent, parentColumn)
                      + ", because "
                      + reason));
      comparable &= why.isEmpty();
      pairs.add(new KeyShape.Pair(childType, parentType));
    }
    return comparable ? Optional.of(KeyShape.of(pairs)) : Optional.empty();
  }

  /** With two different ideas of equality, a removed parent's children could not be found. */
  private static Optional<String> otherCollation(
      TableFacts.Column child, TableFacts.Column parent) {
    return child.collation().isPresent() && !child.collation().equals(parent.collation())
        ? Optional.of(
            "their collations are nondeterministic and differ; give both columns one collation")
        : Optional.empty();
  }

  private static TableFacts.Column column(Found found, int column) {
    TableFacts.@Nullable Column facts =
        found.facts.columns().get(found.side.key().columns().get(column));
    return java.util.Objects.requireNonNull(facts);
  }

  private static String place(Found found, TableFacts.Column column) {
    return found.side.key().table() + "(" + column.name() + ") of type " + column.typeName();
  }

  /** As PostgreSQL's own foreign keys: exactly these columns, in any order. */
  private void checkUnique(Side side, TableFacts facts) {
    List<String> columns = side.key().columns();
    if (facts.indexes().stream().anyMatch(index -> index.makesUnique(columns))) {
      return;
    }
    error(
        "parent key "
            + side.key()
            + " has no unique index (a partial, deferrable, invalid or expression index does not"
            + " count); run: CREATE UNIQUE INDEX "
            + (facts.isPartitioned() ? "" : "CONCURRENTLY ")
            + "ON "
            + side.sqlName()
            + " ("
            + side.sqlColumns()
            + ")");
  }

  /** Section 5, fact 6: a delete must say which key went. */
  private void checkParentIdentity(Side side, TableFacts facts) {
    List<String> columns = side.key().columns();
    List<String> without =
        facts.identities().stream()
            .filter(identity -> !identity.has(columns))
            .map(TableFacts.Identity::part)
            .toList();
    if (without.isEmpty()) {
      return;
    }
    boolean notNull =
        columns.stream()
            .map(facts.columns()::get)
            .allMatch(column -> column != null && column.notNull());
    Optional<String> index =
        facts.indexes().stream()
            .filter(candidate -> candidate.makesUnique(columns))
            .map(TableFacts.Index::name)
            .findFirst();
    String cure =
        facts.isPartitioned()
            ? "run for each partition: ALTER TABLE … REPLICA IDENTITY USING INDEX … (or FULL)"
            : "run: ALTER TABLE "
                + side.sqlName()
                + " REPLICA IDENTITY "
                + (notNull && index.isPresent() ? "USING INDEX " + side.name(index.get()) : "FULL");
    error(
        "parent key "
            + side.key()
            + " is not in the replica identity"
            + (facts.isPartitioned() ? " of " + first(without) : "")
            + ", so the log does not say which key a delete removed; "
            + cure);
  }

  /** Section 5, fact 5: publishing such a table makes the application's own statements fail. */
  private void checkChildIdentity(Side side, TableFacts facts) {
    List<String> without =
        facts.identities().stream()
            .filter(identity -> !identity.exists())
            .map(TableFacts.Identity::part)
            .toList();
    if (!without.isEmpty()) {
      error(
          side.place()
              + " has no replica identity"
              + (facts.isPartitioned() ? " in " + first(without) : "")
              + ": once published, its own UPDATE and DELETE would fail; add a primary key, or run:"
              + " ALTER TABLE "
              + (facts.isPartitioned() ? first(without) : side.sqlName())
              + " REPLICA IDENTITY FULL");
    }
  }

  private static String first(List<String> parts) {
    return parts.getFirst() + (parts.size() > 1 ? " and " + (parts.size() - 1) + " more" : "");
  }

  private void checkChildIndex(Found child, KeyShape shape) {
    List<String> columns = child.side.key().columns();
    boolean casts =
        shape.pairs().stream().anyMatch(pair -> pair.childRead() == KeyShape.ChildRead.CAST);
    boolean served =
        child.facts.indexes().stream()
            .filter(TableFacts.Index::valid)
            .anyMatch(
                index ->
                    casts
                        ? index.definition().contains("::bpchar")
                        : columns.contains(index.columns().getFirst())
                            && !index.method().equals("brin")
                            && predicateIsImplied(index, child.side));
    if (!served) {
      findings.rule(
          Level.WARNING,
          rule.name(),
          child.side.place()
              + " ("
              + child.facts.size()
              + ") has no index on "
              + String.join(", ", columns)
              + ", so each delete of a parent and each proof reads the whole table; run: CREATE"
              + " INDEX "
              + (child.facts.isPartitioned() ? "" : "CONCURRENTLY ")
              + "ON "
              + child.side.sqlName()
              + " ("
              + (casts
                  ? String.join(
                      ", ",
                      columns.stream()
                          .map(column -> "(" + child.side.name(column) + "::bpchar)")
                          .toList())
                  : child.side.sqlColumns())
              + ")");
    }
  }

  /** {@code where user_id is not null}, the usual partial index, serves a search by equality. */
  private static boolean predicateIsImplied(TableFacts.Index index, Side side) {
    return index
        .predicate()
        .map(
            predicate ->
                side.key().columns().stream()
                    .anyMatch(
                        column -> predicate.equals("(" + side.name(column) + " IS NOT NULL)")))
        .orElse(true);
  }

  private void error(String text) {
    findings.rule(Level.ERROR, rule.name(), text);
  }
}
