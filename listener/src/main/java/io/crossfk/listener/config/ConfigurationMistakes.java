package io.crossfk.listener.config;

import io.crossfk.rules.text.Mistake;
import java.util.List;
import java.util.stream.Collectors;

/** Everything that is wrong in crossfk.yaml and in all rule files; nothing may start. */
public final class ConfigurationMistakes extends Exception {
  private final transient List<Mistake> mistakes;

  ConfigurationMistakes(List<Mistake> mistakes) {
    super(report(mistakes));
    this.mistakes = List.copyOf(mistakes);
  }

  /** At least one; file by file, each from top to bottom. */
  public List<Mistake> mistakes() {
    return mistakes;
  }

  /**
   * A line for each mistake, and one that counts them; for people, without a closing line break.
   */
  public String report() {
    return report(mistakes);
  }

  private static String report(List<Mistake> mistakes) {
    String lines = mistakes.stream().map(m -> m + "\n").collect(Collectors.joining());
    long files = mistakes.stream().map(Mistake::file).distinct().count();
    return lines
        + counted(mistakes.size(), "mistake")
        + " in "
        + counted(files, "file")
        + "; nothing was started";
  }

  private static String counted(long count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }
}
