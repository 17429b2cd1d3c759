package io.crossfk.listener.randomwork;

import io.crossfk.listener.randomwork.FeedChecker.Problem;
import io.crossfk.listener.randomwork.KeyHistory.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes down, for people, what happened to a key: transactions, records and faults in one line of
 * time.
 */
final class Evidence {
  private static final int KEYS_AT_MOST = 30;

  private final Path folder;
  private final History history;

  Evidence(long seed, History history) {
    this.folder = Path.of("target", "random-work", "seed-" + seed);
    this.history = history;
  }

  Path folder() {
    return folder;
  }

  /** In a file, and on the console, where a long run is looked at. */
  void keepFigures(Map<String, Object> figures) throws IOException {
    StringBuilder text = new StringBuilder("Random work, random faults\n");
    figures.forEach((name, value) -> text.append("  %-28s %s%n".formatted(name, value)));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("figures.txt"), text);
    System.out.print(text);
  }

  /** What happened beside the transactions, and the listener's log. */
  void keepLogs(Path listenerLog) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("faults.txt"), faults());
    if (Files.exists(listenerLog)) {
      Files.copy(listenerLog, folder.resolve("listener.log"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** One file for each key concerned, and the problems together. */
  void keep(List<Problem> problems, Truth truth, List<Told> feed) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("problems.txt"), problems.stream().map(Problem::toString).toList());
    Map<String, Integer> numbers = new LinkedHashMap<>();
    for (Problem problem : problems) {
      if (numbers.size() < KEYS_AT_MOST) {
        numbers.putIfAbsent(problem.id(), numbers.size() + 1);
      }
    }
    for (Map.Entry<String, Integer> each : numbers.entrySet()) {
      Files.write(
          folder.resolve("key-" + each.getValue() + ".txt"),
          story(each.getKey(), truth, feed, problems));
    }
  }

  private List<String> faults() {
    return history.happenings().stream()
        .map(each -> "%s to %s  %s".formatted(time(each.begin()), time(each.end()), each.what()))
        .toList();
  }

  private List<String> story(String id, Truth truth, List<Told> feed, List<Problem> problems) {
    Map<Long, Set<String>> lines = new TreeMap<>();
    KeyHistory key = truth.of(id);
    key.children().forEach(version -> tell(lines, "child", version));
    key.parents().forEach(version -> tell(lines, "parent", version));
    key.doubts().forEach(doubt -> line(lines, doubt.from(), "doubtful until " + time(doubt.to())));
    for (Told told : feed) {
      if (told.id().equals(id)) {
        line(lines, told.made(), "FEED     made, seen " + time(told.seen()) + ": " + told.text());
      }
    }
    for (History.Happening each : history.happenings()) {
      line(lines, each.begin(), "FAULT    until " + time(each.end()) + ": " + each.what());
    }
    List<String> story = new ArrayList<>();
    story.add(id);
    problems.stream()
        .filter(problem -> problem.id().equals(id))
        .forEach(problem -> story.add(problem.kind() + ": " + problem.what()));
    lines.forEach((time, said) -> said.forEach(each -> story.add(time(time) + "  " + each)));
    return story;
  }

  private static void tell(Map<Long, Set<String>> lines, String what, Version version) {
    Committed birth = version.birth();
    line(
        lines,
        birth.sent(),
        "+ %s, committed by %s, %s".formatted(what, time(birth.known()), birth));
    Committed death = version.death();
    if (death != null) {
      line(
          lines,
          death.sent(),
          "- %s, committed by %s, %s".formatted(what, time(death.known()), death));
    }
  }

  private static void line(Map<Long, Set<String>> lines, long time, String text) {
    lines.computeIfAbsent(time, none -> new TreeSet<>()).add(text);
  }

  private static String time(long nanos) {
    return "%,12.3f ms".formatted(nanos / 1e6);
  }
}
