package io.crossfk.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A number of each round, as a rule the seconds that one contender needed. Not safe for use by
 * several threads.
 */
final class Series {
  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  double last() {
    return values.getLast();
  }

  /** What each value is to that of another series in the same round. */
  Series over(Series other) {
    Series ratios = new Series();
    for (int round = 0; round < values.size(); round++) {
      ratios.add(values.get(round) / other.values.get(round));
    }
    return ratios;
  }

  /** For machines. */
  Map<String, Object> figures() {
    return Map.of(
        "median", median(), "least", least(), "most", most(), "rounds", List.copyOf(values));
  }

  double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double least() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  double most() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%6.2f s  (%.2f to %.2f)", median(), least(), most());
  }
}
