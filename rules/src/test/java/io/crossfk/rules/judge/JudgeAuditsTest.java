package io.crossfk.rules.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.AuditSchedule;
import io.crossfk.rules.model.BoundRule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the judge makes of things that no log tells: changes that a reading of the catalogue shows,
 * violations older than their rule, audits on a schedule. One line a case, as in {@link JudgeTest}.
 */
final class JudgeAuditsTest {

  private static void plays(BoundRule rule, Memory memory, boolean tellsSnapshots, String line) {
    String wanted = line.replaceAll("\\s+", " ").strip();
    assertThat(
            new JudgeScript(List.of(rule), JudgeLimits.DEFAULT, memory, tellsSnapshots)
                .play(wanted))
        .isEqualTo(wanted);
  }

  /** Facts 6 and 11: partitions, publication, replica identity, privileges. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the first reading is remembered, and is no reason     | u:print=A@30 life? cut => watching watching ; u:print=A@40 life? cut => watching
          a parent changed unseen is audited                    | u:print=A@30 => ; u:print=B@40 life? => audit-after-running blind ; open end life? => watching
          ... its audit waits for what runs only once           | u:print=A@30 u:print=B@40 => audit-after-running ; fail +5s => audit
          ... and so is a child                                 | o:print=A@30 => ; o:print=B@40 life? => audit-after-running blind
          ... it voids the cache (I2)                           | p+7 u:print=A@30 c+7 => ; u:print=B@40 c+7 => audit-after-running presence7
          ... and what is in flight                             | u:print=A@0 c+7 => presence7 ; u:print=B@5 => audit-after-running ; present7 => presence7
          an arrival of before the change is not cached (I2)    | u:print=A@30 u:print=B@40 => audit-after-running ; p+7 c+7 => presence7 ; present7 p+8 p+9 p+9 p+9 c+9 =>
          ... nor one of before the start                       | u:print=A@30 p+7 c+7 => presence7
          ... also after a crash between                        | u:print=A@30 cut u:print=B@40 cut => watching audit-after-running blind ; crash => audit ; u:print=B@50 p+7 c+7 => presence7
          a change while nobody looked is found at the start    | u:print=A@30 cut => watching ; crash => ; u:print=B@50 life? => audit-after-running blind
          a table that is unfit makes its rule blind            | u:unfit=A@30 life? => blind ; +60s => ; u:unfit=A@40 +60s life? => blind
          ... until it is fit again and audited                 | u:unfit=A@30 => ; u:print=B@40 life? => audit-after-running blind ; open end life? => watching
          ... what was heard meanwhile is not cached (I2)       | u:print=A@0 u:unfit=A@10 => ; u:print=A@40 => audit-after-running ; p+7 c+7 => presence7
          ... a reading that is older than its reason says nothing | u:at50 u:unfit=A@60 u:print=A@55 +60s life? => blind ; u:print=A@60 life? => audit-after-running blind
          it is told though its audit ends before the next cut  | u:print=A@30 cut u:print=B@40 open end cut => watching audit-after-running passed-blind watching
          one unfit side is enough                              | u:unfit=A@30 o:unfit=A@30 => ; u:print=A@40 +60s life? => blind ; o:print=A@40 => audit-after-running
          """)
  void changesThatNoLogTells(String promise, String line) {
    BoundRule rule = TestRules.plain(Duration.ZERO);
    plays(rule, JudgeScript.watching(List.of(rule)), false, line);
  }

  /** A rule that ignores what is older than itself, on its first start. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          what was broken before is remembered only             | u:at5 o:at5 => audit ; open keys:7 end => presence7 ; absent7 +10s broken7 cut untold? load? => proof7 ignored7#0 watching 0+1 0+0
          ... also over a crash before its proof                | u:at5 o:at5 open keys:7 end cut => audit presence7 noted7 watching ; crash => proof7 ; broken7 +10s broken7 cut => proof7 ignored7#0 dropped7
          ... and after it                                      | u:at5 o:at5 open keys:7 end absent7 +10s broken7 cut => audit presence7 proof7 ignored7#0 watching ; crash untold? => proof7 0+1 ; broken7 cut =>
          ... and it ends without a word                        | u:at5 o:at5 open keys:7 end absent7 +10s broken7 cut => audit presence7 proof7 ignored7#0 watching ; p+7 present7 cut untold? => presence7 no-longer-ignored7#0 0+0
          a row that is written with it is judged, with grace   | u:at5 o:at5 open keys:7 end absent7 +10s broken7 cut => audit presence7 proof7 ignored7#0 watching ; c+7 absent7 cut => presence7 no-longer-ignored7#0 noted7 ; +10s broken7 cut => proof7 opened7#1:child-insert dropped7
          ... and a parent that comes in time is silence        | u:at5 o:at5 open keys:7 end absent7 +10s broken7 cut => audit presence7 proof7 ignored7#0 watching ; c+7 present7 cut => presence7 no-longer-ignored7#0
          a parent that came and goes is told                   | u:at5 o:at5 open keys:7 end absent7 +10s broken7 cut => audit presence7 proof7 ignored7#0 watching ; p-7 broken7 +10s broken7 cut => proof7 proof7 no-longer-ignored7#0 opened7#1:parent-delete
          what breaks after the baseline is told                | u:at5 o:at5 open end => audit ; c+7 absent7 +10s broken7 cut => presence7 proof7 opened7#1:child-insert watching
          what a later audit finds is told                      | u:at5 o:at5 open end u:gap u:at9 => audit audit ; open keys:7 end absent7 +10s broken7 cut => presence7 proof7 opened7#1:existing passed-blind watching
          ... but not what is ignored already                   | u:at5 o:at5 open keys:7 end absent7 +10s broken7 cut => audit presence7 proof7 ignored7#0 watching ; u:gap u:at9 => proof7 audit ; open keys:7 end broken7 cut untold? => proof7 passed-blind watching 0+1
          """)
  void ignoredExistingViolations(String promise, String line) {
    plays(TestRules.ignoring(TestRules.plain(Duration.ofSeconds(10))), Memory.EMPTY, false, line);
  }

  /** Every four hours, by day; the script's clock begins at 12:00:01. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          it is due after its time, and the rule watches on     | +14399s => ; +1s life? => scheduled-audit-until-22:00 watching ; open end life? cut => watching watching ; +14399s => ; +1s => scheduled-audit-until-22:00
          what its hours leave over waits for the next day      | +14400s open pass:p3 +21600s pause => scheduled-audit-until-22:00 ; +28798s => ; +1s => scheduled-audit@p3-until-22:00
          ... also over a crash                                 | +14400s open pass:p3 cut => scheduled-audit-until-22:00 watching ; crash => scheduled-audit@p3-until-22:00
          ... unless something happens that no log tells        | +14400s open pass:p3 +21600s pause => scheduled-audit-until-22:00 ; u:gap u:at5 => audit
          ... or a child's key is unknown                       | +14400s open pass:p3 +21600s pause => scheduled-audit-until-22:00 ; c? => snapshot-o ; +30s => audit
          it believes no key that was cached before (I2)        | p+7 +14400s open => snapshot-u scheduled-audit-until-22:00 ; keys:7 => presence7
          one that fails is tried again                         | +14400s fail +5s life? => scheduled-audit-until-22:00 scheduled-audit-until-22:00 watching
          what it finds is told, and counted when the logs have passed it | +14400s open keys:7 end => scheduled-audit-until-22:00 presence7 ; absent7 broken7 cut => proof7 snapshot-o snapshot-u opened7#1:existing watching ; untold? => 0+0 ; seen-u seen-o +1s untold? => 1+0
          ... but not while a log is behind                     | u:at50 +14400s open keys:7 end => scheduled-audit-until-22:00 presence7 ; absent7 broken7 => proof7 snapshot-o snapshot-u ; seen-u seen-o@60 +1s untold? => 0+0 ; o:at60 +1s untold? => 1+0
          ... nor if a log tells it after all                   | u:at50 +14400s open keys:7 end => scheduled-audit-until-22:00 presence7 ; absent7 broken7 => proof7 snapshot-o snapshot-u ; seen-u seen-o@60 c+7 +1s => proof7 snapshot-o ; o:at70 +1s untold? => 0+0
          what a log tells at the same time is no finding       | +14400s open keys:7 c+7 end => scheduled-audit-until-22:00 presence7 snapshot-o ; absent7 broken7 cut => proof7 opened7#1:existing watching ; seen-o +1s untold? => 0+0
          a blind rule has its own audit                        | u:gap +14400s => ; u:at5 => audit
          """)
  void auditsOnASchedule(String promise, String line) {
    AuditSchedule schedule =
        new AuditSchedule(
            Duration.ofHours(4),
            Optional.of(
                new AuditSchedule.Window(LocalTime.of(6, 0), LocalTime.of(22, 0), ZoneOffset.UTC)));
    BoundRule rule = TestRules.audited(TestRules.plain(Duration.ZERO), schedule);
    plays(rule, JudgeScript.watching(List.of(rule)), true, line);
  }

  /** News are taken after several events; with on-gap stop nobody reads after a gap. */
  @Test
  void anAuditThatAGapOvertookIsNotAskedFor() {
    BoundRule rule = TestRules.plain(Duration.ZERO);
    Judge judge =
        new Judge(
            TestRules.USERS,
            List.of(rule),
            JudgeScript.watching(List.of(rule)),
            new PlainCache(),
            JudgeLimits.DEFAULT,
            0,
            Instant.EPOCH);
    judge.handle(usersRead("A"));
    judge.handle(usersRead("B"));
    judge.advanceTo(1, Instant.EPOCH);
    judge.handle(new Event.Gap("users", "its slot is gone"));
    assertThat(judge.takeAuditRequests()).isEmpty();
  }

  private static Event usersRead(String print) {
    return new Event.CatalogueRead(
        "users",
        Map.of(TestRules.USERS, new Event.TableStanding(print, Optional.empty())),
        Position.ZERO);
  }
}
