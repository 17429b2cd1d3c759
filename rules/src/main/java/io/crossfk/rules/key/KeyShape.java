package io.crossfk.rules.key;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the keys of one rule are formed: pairs of column types, and the canonical form on which both
 * sides meet. The form is the parent's own (I2), so rules that share a parent share its cache: the
 * key of a parent row depends on the parent's types alone.
 *
 * <p>Texts are what PostgreSQL prints under {@code DateStyle ISO}, {@code TimeZone UTC}, {@code
 * bytea_output hex} and {@code extra_float_digits} of 1 or more. A text that its type does not
 * print is an {@link IllegalArgumentException}; its message never repeats the text, which is a
 * user's key.
 *
 * <p>Immutable; any thread may use it.
 */
public final class KeyShape {
  private final List<Pair> pairs;
  private final PairForm[] forms;
  private final boolean exact;

  /** Column types that a rule pairs by position. */
  public record Pair(ColumnType child, ColumnType parent) {

    /** How children are found by their key. */
    public ChildRead childRead() {
      if (child.kind() == ColumnType.Kind.TEXT
          && parent.kind() == ColumnType.Kind.CHAR
          && Compatibility.isExact(parent)) {
        return ChildRead.CAST;
      }
      return Compatibility.isExact(child) ? ChildRead.EQUAL : ChildRead.SPELLED;
    }
  }

  /**
   * How the child's database finds the rows of a key; {@code value} is {@link #childText} cast to
   * the child's type.
   */
  public enum ChildRead {
    /** {@code column = value}. */
    EQUAL,
    /**
     * {@code column = value} for the index, and {@code column::text = value::text} under the C
     * collation: the child calls spellings equal that are different keys.
     */
    SPELLED,
    /**
     * {@code column::bpchar = value::bpchar}: a text child of a char(n) parent. 'a' and 'a ' are
     * one key, and different texts to the child's own {@code =}. PostgreSQL compares so too.
     */
    CAST
  }

  /** Shapes of the same types read the same keys. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyShape shape && pairs.equals(shape.pairs);
  }

  @Override
  public int hashCode() {
    return pairs.hashCode();
  }

  private KeyShape(List<Pair> pairs) {
    this.pairs = List.copyOf(pairs);
    this.forms =
        this.pairs.stream()
            .map(pair -> Compatibility.form(pair.child(), pair.parent()))
            .toArray(PairForm[]::new);
    this.exact = this.pairs.stream().allMatch(pair -> Compatibility.isExact(pair.parent()));
  }

  /**
   * The shape of these pairs.
   *
   * @throws IllegalArgumentException if there is none or if one does not compare; {@link #whyNot}
   *     tells beforehand
   */
  public static KeyShape of(List<Pair> pairs) {
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("a key has at least one column");
    }
    for (Pair pair : pairs) {
      whyNot(pair.child(), pair.parent())
          .ifPresent(
              reason -> {
                throw new IllegalArgumentException(reason);
              });
    }
    return new KeyShape(pairs);
  }

  /** Whether two types compare (semantics.md no. 18); if not, why, to follow "because". */
  public static Optional<String> whyNot(ColumnType child, ColumnType parent) {
    return Compatibility.whyNot(child, parent);
  }

  public List<Pair> pairs() {
    return pairs;
  }

  /**
   * Whether equality has an exact canonical form in every column: only then may keys be cached. If
   * not, a key is the child's own spelling, and {@link #fromParent} gives the parent's own
   * spelling: only the parent's database can tell whether they are equal.
   */
  public boolean exact() {
    return exact;
  }

  /**
   * The key a child row refers to; its NULL columns stay null.
   *
   * @param texts the child's columns in the order of the pairs, as the child's database writes them
   */
  public Key fromChild(@Nullable String... texts) {
    requireSize(texts.length);
    if (forms.length == 1) {
      String text = texts[0];
      return Key.ofOne(text == null ? null : forms[0].fromChild(text));
    }
    @Nullable KeyValue[] values = new @Nullable KeyValue[forms.length];
    for (int column = 0; column < forms.length; column++) {
      String text = texts[column];
      values[column] = text == null ? null : forms[column].fromChild(text);
    }
    return Key.of(values);
  }

  /** The key of a parent row, empty if a column is NULL: such a row is nobody's parent. */
  public Optional<Key> fromParent(@Nullable String... texts) {
    requireSize(texts.length);
    @Nullable KeyValue[] values = new @Nullable KeyValue[forms.length];
    for (int column = 0; column < forms.length; column++) {
      String text = texts[column];
      if (text == null) {
        return Optional.empty();
      }
      values[column] = forms[column].fromParent(text);
    }
    return Optional.of(Key.of(values));
  }

  /**
   * Whether any child could hold this key of a parent: 1.5 is beyond an int, 'a ' beyond a char(2).
   * No bigint is beyond an int, whose column may be widened at any time. NULL is within reach of
   * every type.
   */
  public boolean reachable(Key key) {
    requireSize(key.size());
    for (int column = 0; column < forms.length; column++) {
      KeyValue value = key.value(column);
      if (value != null && !forms[column].reachable(value)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A key's column as text that casts to the child's type, for integers to bigint; null for NULL.
   * {@link Pair#childRead} tells how to compare it.
   *
   * @throws IllegalArgumentException if no child can hold the column's value, see {@link
   *     #reachable}
   */
  public @Nullable String childText(Key key, int column) {
    KeyValue value = key.value(column);
    if (value == null) {
      return null;
    }
    PairForm form = forms[column];
    if (!form.reachable(value)) {
      throw new IllegalArgumentException(
          "column " + column + " of a key is beyond the child's type " + pairs.get(column).child());
    }
    return form.childText(value);
  }

  /**
   * A key's column as text that casts to the parent's type, for integers to bigint. Null for NULL,
   * and for a value that the parent's type cannot hold (a moment of the day for a date): either
   * matches no parent, as {@code = NULL} does.
   */
  public @Nullable String parentText(Key key, int column) {
    KeyValue value = key.value(column);
    return value == null ? null : forms[column].parentText(value);
  }

  /**
   * An injective text of a key of this shape: a JSON array of its canonical values. Integers are
   * numbers up to 2^53 and strings beyond, bool is true or false, NULL is null, all else a string.
   */
  public String canonical(Key key) {
    requireSize(key.size());
    return CanonicalJson.write(key);
  }

  /**
   * The inverse of {@link #canonical}.
   *
   * @throws IllegalArgumentException if canonical would not have written exactly this
   */
  public Key parse(String canonical) {
    List<@Nullable Object> scalars = CanonicalJson.read(canonical);
    requireSize(scalars.size());
    @Nullable KeyValue[] values = new @Nullable KeyValue[forms.length];
    for (int column = 0; column < forms.length; column++) {
      Object scalar = scalars.get(column);
      values[column] = scalar == null ? null : forms[column].fromJson(scalar);
    }
    Key key = Key.of(values);
    if (!CanonicalJson.write(key).equals(canonical)) {
      throw new IllegalArgumentException(
          "not a canonical key: a text of " + canonical.length() + " characters");
    }
    return key;
  }

  private void requireSize(int columns) {
    if (columns != forms.length) {
      throw new IllegalArgumentException(
          "a key of " + forms.length + " columns was expected, not of " + columns);
    }
  }
}
