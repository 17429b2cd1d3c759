package io.crossfk.rules.key;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the keys of one rule are formed: pairs of column types, and the canonical form on which both
 * sides meet. The form is the parent's own (I2), so rules that share a parent share its cache.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod"}) // skeleton
public final class KeyShape {
  private final List<Pair> pairs;
  private final boolean exact;

  /** Column types that a rule pairs by position. */
  public record Pair(ColumnType child, ColumnType parent) {}

  private KeyShape(List<Pair> pairs) {
    this.pairs = List.copyOf(pairs);
    this.exact = pairs.stream().allMatch(pair -> pair.parent().exact() && pair.child().exact());
  }

  /** The shape of these pairs; ask {@link #whyNot} for each pair first. */
  public static KeyShape of(List<Pair> pairs) {
    throw new UnsupportedOperationException();
  }

  /** Whether two types compare (semantics.md no. 18); if not, why, to follow "because". */
  public static Optional<String> whyNot(ColumnType child, ColumnType parent) {
    throw new UnsupportedOperationException();
  }

  public List<Pair> pairs() {
    return pairs;
  }

  /** Whether equality has an exact canonical form in every column: only then may keys be cached. */
  public boolean exact() {
    return exact;
  }

  /** The key a child row refers to; its NULL columns stay null. Texts as the child's database writes them. */
  public Key fromChild(@Nullable String... texts) {
    throw new UnsupportedOperationException();
  }

  /** The key of a parent row, empty if a column is NULL: such a row is nobody's parent. */
  public Optional<Key> fromParent(@Nullable String... texts) {
    throw new UnsupportedOperationException();
  }

  /** Whether any child could hold this key: 1.5 is beyond an int, 'a ' beyond a char(2). */
  public boolean reachable(Key key) {
    throw new UnsupportedOperationException();
  }

  /** A key's column as text that casts to the child's type; null for NULL. The key must be reachable. */
  public @Nullable String childText(Key key, int column) {
    throw new UnsupportedOperationException();
  }

  /** A key's column as text that casts to the parent's type; null for NULL. */
  public @Nullable String parentText(Key key, int column) {
    throw new UnsupportedOperationException();
  }

  /** An injective text of a key of this shape: a JSON array of its canonical values. */
  public String canonical(Key key) {
    throw new UnsupportedOperationException();
  }

  /** The inverse of {@link #canonical}. */
  public Key parse(String canonical) {
    throw new UnsupportedOperationException();
  }
}
