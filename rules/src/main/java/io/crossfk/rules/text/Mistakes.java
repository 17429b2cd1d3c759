package io.crossfk.rules.text;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Collects what is wrong, so that a person learns of everything at once. Not for use by several
 * threads.
 */
public final class Mistakes {
  private static final Comparator<Mistake> FROM_TOP_TO_BOTTOM =
      Comparator.comparingInt(Mistake::line).thenComparingInt(Mistake::column);

  /** Nobody reads on, and a file can hold names of any length. */
  private static final int LONGEST_MESSAGE = 1000;

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u2028\\u2029]+");

  private final Map<String, Set<Mistake>> byFile = new LinkedHashMap<>();

  /** Mistakes are listed in the order in which their files were opened, not found wrong. */
  public void open(String file) {
    byFile.computeIfAbsent(file, any -> new LinkedHashSet<>());
  }

  /** A mistake of a whole node; it is shown where the node begins. */
  public void add(YamlNode node, String message) {
    add(node.place(), node.path(), message);
  }

  /** A mistake at one character of a scalar's text. */
  public void add(YamlScalar scalar, int offset, String message) {
    add(scalar.placeOf(offset), scalar.path(), message);
  }

  public void add(Place place, String path, String message) {
    // A set, since an aliased node is judged once for each use, and is mended once.
    byFile
        .computeIfAbsent(place.file(), any -> new LinkedHashSet<>())
        .add(
            new Mistake(
                place.file(),
                place.line(),
                place.column(),
                path.isEmpty() ? "$" : oneLine(path),
                oneLine(message)));
  }

  /** A quoted value can hold line breaks, and escapes that a terminal would obey. */
  private static String oneLine(String text) {
    String line = CONTROL.matcher(text).replaceAll(" ");
    return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…";
  }

  public boolean isEmpty() {
    return count() == 0;
  }

  public int count() {
    return byFile.values().stream().mapToInt(Set::size).sum();
  }

  /** File by file, each from top to bottom. */
  public List<Mistake> all() {
    return byFile.values().stream()
        .flatMap(ofFile -> ofFile.stream().sorted(FROM_TOP_TO_BOTTOM))
        .toList();
  }
}
