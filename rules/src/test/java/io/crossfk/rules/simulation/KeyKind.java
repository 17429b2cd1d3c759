package io.crossfk.rules.simulation;

import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.ColumnType.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a table's key is made of, and when two of its values are equal to the database. */
enum KeyKind {
  /** One bigint. */
  WHOLE(1, ColumnType.of(Kind.INT8)),
  /** One numeric: 1, 1.0 and 1.00 are one key, and there is a canonical form. */
  SCALED(1, ColumnType.of(Kind.NUMERIC)),
  /** One citext: a and A are one key, and only the parent's database can tell. */
  FOLDED(1, new ColumnType(Kind.CITEXT, "citext", false)),
  /** Two bigints. */
  PAIR(2, ColumnType.of(Kind.INT8));

  final int columns;

  @SuppressWarnings("ImmutableEnumChecker") // a record
  final ColumnType type;

  KeyKind(int columns, ColumnType type) {
    this.columns = columns;
    this.type = type;
  }

  /** The texts of a key, which is one of a few by its number, in one of its spellings. */
  @Nullable String[] texts(int number, Chance chance) {
    return switch (this) {
      case WHOLE -> new @Nullable String[] {Integer.toString(number)};
      case SCALED -> new @Nullable String[] {number + chance.any(List.of("", ".0", ".00"))};
      case FOLDED -> {
        String letter = Character.toString('a' + number - 1);
        yield new @Nullable String[] {chance.oneIn(2) ? letter : letter.toUpperCase(Locale.ROOT)};
      }
      case PAIR ->
          new @Nullable String[] {
            Integer.toString((number + 1) / 2), Integer.toString(2 - number % 2)
          };
    };
  }

  /** Equal exactly if the database says so; null if a column is NULL, which equals nothing. */
  @Nullable String folded(@Nullable String[] cells, int from) {
    if (columns == 2) {
      String one = cells[from];
      String other = cells[from + 1];
      return one == null || other == null ? null : one + "," + other;
    }
    String cell = cells[from];
    if (cell == null) {
      return null;
    }
    return switch (this) {
      case SCALED -> {
        int point = cell.indexOf('.');
        yield point < 0 ? cell : cell.substring(0, point);
      }
      case FOLDED -> cell.toLowerCase(Locale.ROOT);
      case WHOLE, PAIR -> cell;
    };
  }

  /** A copy of a key's columns. */
  @Nullable String[] cut(@Nullable String[] cells, int from) {
    return Arrays.copyOfRange(cells, from, from + columns);
  }

  /** Every key of the numbers up to {@code keys}, in every spelling and with every NULL. */
  List<@Nullable String[]> all(int keys) {
    List<@Nullable String[]> all = new ArrayList<>();
    for (int number = 1; number <= keys; number++) {
      @Nullable String[] texts = texts(number, new Chance(0));
      all.add(texts);
      if (this == FOLDED) {
        String letter = String.valueOf(texts[0]);
        all.add(new @Nullable String[] {letter.toUpperCase(Locale.ROOT)});
        all.add(new @Nullable String[] {letter.toLowerCase(Locale.ROOT)});
      }
      if (this == PAIR) {
        all.add(new @Nullable String[] {texts[0], null});
        all.add(new @Nullable String[] {null, texts[1]});
      }
    }
    return all;
  }
}
