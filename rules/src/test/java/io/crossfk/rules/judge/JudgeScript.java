package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Snapshot;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyValue;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plays one line of {@link JudgeTest}'s tables: words that tell the judge something, then, behind
 * an arrow, all that it must have said since the last arrow; groups end with a semicolon. {@code
 * c+7 => presence7 ; absent7 => proof7}.
 *
 * <pre>
 * c+7 c~7 c-7 c-    a child inserted, updated to 7, left 7, left a key that the log does not tell
 * c? cT             a child of unknown key written; the child table truncated
 * p+7 p-7 p~7>8 pT  a parent inserted, deleted, its key updated; the parent table truncated
 * o( o) u( u)       begin and commit around the words between; else each is a transaction
 * present7 absent7 nobody7 broken7 moved7 down7   answers; broken7/3 finds three rows
 * absent:anna refer:Anna=anna,ANNA                 of text keys
 * absent!7                                         of the second rule
 *   ...@before      read before the newest transaction of either database became visible
 *   ...@old         read before all that was ever begun
 *   ...@without701   while transaction 701 was still in progress
 *   ...@standby20 @standby0   read on a standby that has replayed to this position
 * seen-u seen-o down-u   a bare snapshot's answer; seen-o@60 tells that the log ends at 60
 * open keys:7/8 pass:p3 pause end fail    the newest audit's course; open@before as with answers
 * u:gap o:gap u:restart u:at50   the stream
 * u:print=A@30 o:unfit=B@40   a reading of the catalogue, and the end of the log after it
 * +10s +20ms        time
 * cut cut! durable  a cut that becomes durable; one that does not; now it does
 * evict crash       the cache forgets; a new judge from what is durable
 * accepts? life? load? at?   say whether changes are accepted, the rule's life, its load, positions
 * untold?           and what audits found that no log told, and how many violations are ignored
 * </pre>
 */
final class JudgeScript {
  private static final Instant WALL = Instant.parse("2026-03-01T12:00:00Z");
  private static final Pattern WORD = Pattern.compile("([a-z]+)([\\d(:!].*)");

  private final List<BoundRule> rules;
  private final Rule rule;
  private final JudgeLimits limits;
  private final boolean tellsSnapshots;
  private final PresenceCache cache = new PlainCache();
  private final TestJournal journal;
  private final Map<String, Long> positions = new HashMap<>(Map.of("users", 0L, "orders", 0L));
  private final Map<String, Integer> nextXid = new HashMap<>(Map.of("users", 700, "orders", 900));
  private final List<String> said = new ArrayList<>();
  private Map<String, Question> asked = new LinkedHashMap<>();
  private Optional<AuditRequest> audit = Optional.empty();
  private Optional<Cut> out = Optional.empty();
  private String inTransaction = "";
  private long nanos = 1_000_000_000L;
  private Judge judge;

  /**
   * @param tellsSnapshots whether bare snapshots are said and answered; if not, none is answered
   */
  JudgeScript(List<BoundRule> rules, JudgeLimits limits, Memory memory, boolean tellsSnapshots) {
    this.rules = rules;
    this.tellsSnapshots = tellsSnapshots;
    this.rule = rules.getFirst().rule();
    this.limits = limits;
    this.journal = new TestJournal(memory);
    this.judge = judgeFromMemory();
  }

  /** Positions known, all rules watching. */
  static Memory watching(List<BoundRule> rules) {
    Map<String, Cut.RememberedRule> lives = new HashMap<>();
    rules.forEach(
        each ->
            lives.put(
                each.rule().name(),
                new Cut.RememberedRule(each.rule().fingerprint(), new RuleLife.Watching(), false)));
    return new Memory(
        Map.of("users", Position.ZERO, "orders", Position.ZERO), List.of(), List.of(), lives);
  }

  private Judge judgeFromMemory() {
    return new Judge(TestRules.USERS, rules, journal.memory(), cache, limits, nanos, wall());
  }

  private Instant wall() {
    return WALL.plusNanos(nanos);
  }

  /** Plays the line; returns it as it should have been written for what the judge said. */
  String play(String line) {
    List<String> groups = new ArrayList<>();
    for (String group : line.split(";")) {
      String steps = group.split("=>", 2)[0].strip();
      for (String word : steps.split("\\s+")) {
        step(word);
      }
      listen();
      groups.add((steps + " => " + String.join(" ", said)).strip());
      said.clear();
    }
    return String.join(" ; ", groups);
  }

  /** Takes what the judge asks; the newest question about a key is the one that is answered. */
  private void listen() {
    judge.advanceTo(nanos, wall());
    for (Question question : judge.takeQuestions()) {
      if (question instanceof Question.Visibility && !tellsSnapshots) {
        continue;
      }
      String name =
          switch (question) {
            case Question.Presence presence -> "presence" + text(presence.rule(), presence.key());
            case Question.Proof proof -> "proof" + text(proof.rule(), proof.key());
            case Question.Referrers who -> "referrers" + text(who.rule(), who.parentKey());
            case Question.Visibility seen -> "snapshot-" + seen.database().charAt(0);
          };
      said.add(name);
      boolean bare = question instanceof Question.Visibility;
      asked.put(bare ? name : name.replaceFirst("^[a-z]+", ""), question);
    }
    for (AuditRequest request : judge.takeAuditRequests()) {
      said.add(
          (request.scheduled() ? "scheduled-audit" : "audit")
              + (request.afterRunning() ? "-after-running" : "")
              + request.from().map(place -> "@" + place).orElse("")
              + request
                  .until()
                  .map(until -> "-until-" + until.toString().substring(11, 16))
                  .orElse(""));
      audit = Optional.of(request);
    }
  }

  private String text(Rule of, Key key) {
    String values =
        String.join(",", key.values().stream().map(v -> v == null ? "_" : v.asText()).toList());
    String quoted = key.value(0) instanceof KeyValue.Text ? ":" + values : values;
    return (of.equals(rule) ? "" : "!") + (key.size() > 1 ? "(" + values + ")" : quoted);
  }

  private static Key key(String text) {
    if (text.startsWith("(")) {
      return Key.of(
          Arrays.stream(text.substring(1, text.length() - 1).split(","))
              .map(column -> column.equals("_") ? null : new KeyValue.Whole(Long.parseLong(column)))
              .toArray(KeyValue[]::new));
    }
    return Character.isDigit(text.charAt(0)) ? Key.of(Long.parseLong(text)) : Key.of(text);
  }

  private void step(String word) {
    switch (word) {
      case "" -> {}
      case "o(" -> begin("orders");
      case "u(" -> begin("users");
      case "o)", "u)" -> commit();
      case "cT" -> event("orders", new Event.ChildTruncated(rule));
      case "pT" -> event("users", new Event.ParentTruncated(TestRules.USERS));
      case "c?" -> event("orders", new Event.ChildKeyUnknown(rule));
      case "c-" -> event("orders", new Event.ChildLeft(rule, Optional.empty()));
      case "o:gap" -> judge.handle(new Event.Gap("orders", "slot lost"));
      case "u:gap" -> judge.handle(new Event.Gap("users", "slot lost"));
      case "u:restart" -> restart("users");
      case "o:restart" -> restart("orders");
      case "cut" -> {
        cut();
        durable();
      }
      case "cut!" -> cut();
      case "durable" -> durable();
      case "evict" -> cache.clear();
      case "crash" -> crash();
      case "accepts?" -> said.add(judge.acceptsChanges() ? "accepts" : "pauses");
      case "life?" -> said.add(judge.lives().values().iterator().next().word());
      case "load?" -> said.add(judge.tally().suspected() + "+" + judge.tally().open());
      case "at?" -> said.add("u" + journaled("users") + ",o" + journaled("orders"));
      case "end" -> judge.handle(new Event.AuditEnded(audit.orElseThrow()));
      case "pause" -> judge.handle(new Event.AuditPaused(audit.orElseThrow()));
      case "untold?" -> said.add(judge.tally().untold() + "+" + judge.tally().ignored());
      case "fail" -> judge.handle(new Event.AuditFailed(audit.orElseThrow(), "timeout"));
      default -> phrase(word);
    }
    listen();
  }

  private String journaled(String database) {
    Position position = journal.memory().positions().get(database);
    return position == null ? "?" : Long.toString(position.value());
  }

  private void phrase(String word) {
    if (word.startsWith("+")) {
      nanos += duration(word.substring(1)).toNanos();
    } else if (word.matches("[cp][-+~].*")) {
      change(word);
    } else if (word.matches("[uo]:at\\d+")) {
      String database = word.startsWith("u") ? "users" : "orders";
      long position = Long.parseLong(word.substring(4));
      positions.put(database, position);
      judge.handle(new Event.Progress(database, new Position(position)));
    } else if (word.startsWith("open")) {
      judge.handle(new Event.AuditOpened(audit.orElseThrow(), sight("orders", word.substring(4))));
    } else if (word.matches("[uo]:print=.*")) {
      catalogue(word, word.substring(8), Optional.empty());
    } else if (word.matches("[uo]:unfit=.*")) {
      catalogue(word, word.substring(8), Optional.of("not published"));
    } else if (word.startsWith("pass:")) {
      judge.handle(new Event.AuditPassed(audit.orElseThrow(), word.substring(5)));
    } else if (word.startsWith("keys:")) {
      List<Key> keys = Arrays.stream(word.substring(5).split("/")).map(JudgeScript::key).toList();
      judge.handle(new Event.AuditKeys(audit.orElseThrow(), keys));
    } else {
      answer(word);
    }
  }

  /** {@code u:print=A@30}: the parent's table stands as A, and the log's end is 30. */
  private void catalogue(String word, String printAndEnd, Optional<String> unfit) {
    String database = word.startsWith("u") ? "users" : "orders";
    TableReference table = database.equals("users") ? rule.parent().table() : rule.child().table();
    String[] parts = printAndEnd.split("@", 2);
    Position logEnd = new Position(Long.parseLong(parts[1]));
    judge.handle(
        new Event.CatalogueRead(
            database, Map.of(table, new Event.TableStanding(parts[0], unfit)), logEnd));
  }

  private static Duration duration(String text) {
    if (text.endsWith("ms")) {
      return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
    }
    long count = Long.parseLong(text.substring(0, text.length() - 1));
    return text.endsWith("d") ? Duration.ofDays(count) : Duration.ofSeconds(count);
  }

  private void change(String word) {
    String key = word.substring(2);
    switch (word.substring(0, 2)) {
      case "c+" -> event("orders", new Event.ChildWritten(rule, key(key), true));
      case "c~" -> event("orders", new Event.ChildWritten(rule, key(key), false));
      case "c-" -> event("orders", new Event.ChildLeft(rule, Optional.of(key(key))));
      case "p+" -> event("users", new Event.ParentArrived(rule.parent(), key(key)));
      case "p-" -> event("users", new Event.ParentRemoved(rule.parent(), key(key), false));
      case "p~" -> {
        boolean alone = inTransaction.isEmpty();
        if (alone) {
          begin("users");
        }
        String[] fromTo = key.split(">");
        judge.handle(new Event.ParentRemoved(rule.parent(), key(fromTo[0]), true));
        judge.handle(new Event.ParentArrived(rule.parent(), key(fromTo[1])));
        if (alone) {
          commit();
        }
      }
      default -> throw new IllegalArgumentException(word);
    }
  }

  /** An event in a transaction of its own, or in the one that is open. */
  private void event(String database, Event event) {
    if (inTransaction.isEmpty()) {
      begin(database);
      judge.handle(event);
      commit();
    } else {
      judge.handle(event);
    }
  }

  private void begin(String database) {
    inTransaction = database;
    int xid = nextXid.merge(database, 1, Integer::sum) - 1;
    Position last = new Position(positions.getOrDefault(database, 0L) + 5);
    judge.handle(new Event.Begin(database, new TransactionId(xid), last, wall()));
  }

  private void commit() {
    long end = positions.merge(inTransaction, 10L, Long::sum);
    judge.handle(new Event.Commit(inTransaction, new Position(end)));
    inTransaction = "";
  }

  private void restart(String database) {
    inTransaction = "";
    judge.handle(new Event.StreamRestarted(database));
  }

  private void answer(String word) {
    String[] nameAndSight = word.split("@", 2);
    String when = nameAndSight.length == 2 ? "@" + nameAndSight[1] : "";
    if (nameAndSight[0].startsWith("down-")) {
      reply("snapshot-" + nameAndSight[0].substring(5), new Finding.Failed("users", "down"));
      return;
    }
    if (nameAndSight[0].startsWith("seen-")) {
      String which = nameAndSight[0].substring(5);
      String database = which.equals("u") ? "users" : "orders";
      boolean later = when.matches("@\\d+");
      long end = later ? Long.parseLong(when.substring(1)) : positions.getOrDefault(database, 0L);
      Sight sight = sight(database, later ? "" : when);
      reply("snapshot-" + which, new Finding.Seen(sight, Optional.of(new Position(end))));
      return;
    }
    Matcher parts = WORD.matcher(nameAndSight[0]);
    if (!parts.matches()) {
      throw new IllegalArgumentException(word);
    }
    String kind = parts.group(1);
    String key = parts.group(2);
    if (kind.equals("refer")) {
      String[] sides = key.split("=", 2);
      List<Key> keys =
          sides[1].isEmpty() ? List.of() : Arrays.stream(sides[1].split(",")).map(Key::of).toList();
      reply(sides[0], new Finding.Referring(sight("orders", when), keys, false));
      return;
    }
    String[] keyAndRows = key.split("/", 2);
    int rows = keyAndRows.length == 2 ? Integer.parseInt(keyAndRows[1]) : 1;
    Sight parent = sight("users", when);
    Sight child = sight("orders", when);
    reply(
        keyAndRows[0],
        switch (kind) {
          case "present" -> new Finding.Present(parent);
          case "absent" -> new Finding.Absent(parent);
          case "nobody" -> new Finding.NobodyRefers(child);
          case "broken" -> new Finding.Broken(child, parent, child, orphans(rows));
          case "moved" -> new Finding.Inconclusive(child, parent, child);
          case "down" -> new Finding.Failed("orders", "connection refused");
          default -> throw new IllegalArgumentException(word);
        });
  }

  private void reply(String about, Finding finding) {
    Question question = asked.remove(about);
    if (question == null) {
      throw new IllegalArgumentException("nobody asked about " + about + "; asked: " + asked);
    }
    judge.handle(new Event.Answered(new Answer(question, finding)));
  }

  private static Orphans orphans(int rows) {
    List<RowIdentity> sample = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      sample.add(new RowIdentity(List.of("id"), List.of(Integer.toString(row))));
    }
    return new Orphans(rows, false, sample);
  }

  private Sight sight(String database, String when) {
    int next = nextXid.getOrDefault(database, 0);
    if (when.startsWith("@standby")) {
      return new Sight.Standby(new Position(Long.parseLong(when.substring(8))));
    }
    if (when.startsWith("@without")) {
      String listed = when.substring(8);
      return new Sight.Primary(Snapshot.parse(listed + ":" + next + ":" + listed));
    }
    int xmax =
        switch (when) {
          case "" -> next;
          case "@before" -> next - 1;
          case "@old" -> 600;
          default -> throw new IllegalArgumentException(when);
        };
    return new Sight.Primary(Snapshot.parse(xmax + ":" + xmax + ":"));
  }

  private void cut() {
    judge
        .cut()
        .ifPresent(
            cut -> {
              out = Optional.of(cut);
              cut.transitions().forEach(each -> said.add(text(each)));
              cut.noted().forEach(each -> said.add("noted" + name(each.ruleName(), each.key())));
              cut.dropped()
                  .forEach(each -> said.add("dropped" + name(each.ruleName(), each.key())));
              cut.passed().forEach(each -> said.add("passed-" + each.life().word()));
              cut.lives().values().forEach(each -> said.add(each.life().word()));
            });
  }

  private String name(String ruleName, Key key) {
    return rules.stream()
        .map(BoundRule::rule)
        .filter(each -> each.name().equals(ruleName))
        .map(each -> text(each, key))
        .findFirst()
        .orElseThrow();
  }

  private String text(Transition transition) {
    Violation violation = transition.violation();
    String name = text(violation.rule(), violation.key()) + "#" + violation.transition();
    return switch (transition) {
      case Transition.Opened opened -> "opened" + name + ":" + violation.cause().word();
      case Transition.Updated updated -> "updated" + name;
      case Transition.Resolved resolved ->
          "resolved" + name + ":" + violation.ended().orElseThrow().resolution().word();
      case Transition.Ignored ignored -> "ignored" + name;
      case Transition.NoLongerIgnored gone -> "no-longer-ignored" + name;
      case Transition.Forgotten forgotten -> "forgotten" + name;
    };
  }

  private void durable() {
    out.ifPresent(
        cut -> {
          journal.write(cut);
          judge.handle(new Event.CutDurable(cut.number()));
        });
    out = Optional.empty();
  }

  /** The streams go on at the journaled positions. */
  private void crash() {
    asked = new LinkedHashMap<>();
    audit = Optional.empty();
    out = Optional.empty();
    inTransaction = "";
    cache.clear();
    journal.memory().positions().forEach((name, at) -> positions.put(name, at.value()));
    judge = judgeFromMemory();
  }
}
