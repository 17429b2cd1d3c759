package io.crossfk.rules.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.model.BoundRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the judge makes of events and answers, one line a case; {@link JudgeScript} tells the words.
 * Numbers in brackets are rows of the table of foreign-key behaviours that PostgreSQL's own tests
 * exercise.
 */
final class JudgeTest {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static void plays(List<BoundRule> rules, String line) {
    plays(rules, JudgeLimits.DEFAULT, JudgeScript.watching(rules), false, line);
  }

  private static void plays(
      List<BoundRule> rules,
      JudgeLimits limits,
      Memory memory,
      boolean tellsSnapshots,
      String line) {
    String wanted = line.replaceAll("\\s+", " ").strip();
    assertThat(new JudgeScript(rules, limits, memory, tellsSnapshots).play(wanted))
        .isEqualTo(wanted);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a child of a parent that is there is settled          | c+7 => presence7 ; present7 cut =>
          what is known to be there is not asked again          | c+7 present7 => presence7 ; c+7 c~7 =>
          an evicted key is asked, never alarmed about (I2)     | p+7 evict c+7 => presence7
          a parent that arrived is known                        | p+7 c+7 =>
          several children of a key share one look-up (7)       | c+7 c+7 => presence7 ; c~7 =>
          an update that kept its key is judged, said once (6)  | c~7 => presence7 ; absent7 => proof7 ; broken7 cut => opened7#1:child-update ; c~7 => proof7 ; broken7 cut =>
          without grace a missing parent is proved at once      | c+7 => presence7 ; absent7 => proof7 ; broken7 cut => opened7#1:child-insert
          a parent found by the proof ends a suspicion          | c+7 absent7 => presence7 proof7 ; present7 cut =>
          children gone by the proof end a suspicion            | c+7 absent7 => presence7 proof7 ; nobody7 cut =>
          rows that moved under the look-up are read again      | c+7 absent7 => presence7 proof7 ; moved7 => ; +20ms => proof7
          a removed parent asks who still refers (8, I3)        | p-7 => proof7 ; broken7 cut => opened7#1:parent-delete
          a removed parent without children is nothing          | p-7 => proof7 ; nobody7 cut =>
          a removed parent that is back is nothing (9)          | p-7 => proof7 ; present7 cut =>
          a key update is a removal and an arrival (8)          | p~7>8 => proof7 ; broken7 cut => opened7#1:parent-update ; c+8 =>
          SET id = id + 1 asks what it removed (9)              | u( p~1>2 p~2>3 u) => proof1 proof2 ; nobody1 present2 cut => ; c+3 c+2 =>
          a key that came and went in one transaction (9)       | u( p+7 p-7 u) => proof7 ; nobody7 =>
          a child that came and went in one transaction (13)    | o( c+7 c-7 o) => presence7 ; absent7 => proof7 ; nobody7 cut =>
          a parent that arrives resolves, once it is seen       | p-7 broken7 cut => proof7 opened7#1:parent-delete ; p+7 => presence7 ; present7 cut => resolved7#2:parent-arrived
          an arrival that is gone again resolves nothing        | p-7 broken7 cut => proof7 opened7#1:parent-delete ; p+7 => presence7 ; absent7 cut =>
          a child that left its known key resolves              | p-7 broken7 cut => proof7 opened7#1:parent-delete ; c-7 +200ms => proof7 ; nobody7 cut => resolved7#2:no-orphans
          a child that left an unknown key asks all open keys   | p-7 broken7 p-8 broken8 cut => proof7 proof8 opened7#1:parent-delete opened8#1:parent-delete ; c- => proof7 proof8 ; nobody7 broken8 cut => resolved7#2:no-orphans
          open keys are asked again at a bounded rate           | p-7 broken7 => proof7 ; c-7 => proof7 ; broken7 => ; c-7 => ; +199ms => ; +1ms => proof7
          a truncated child resolves (17)                       | p-7 broken7 cut => proof7 opened7#1:parent-delete ; cT => proof7 ; nobody7 cut => resolved7#2:no-orphans
          a changed number of orphans updates                   | p-7 broken7 cut => proof7 opened7#1:parent-delete ; c+7 => proof7 ; broken7/2 cut => updated7#2
          transition numbers go on when it opens again          | p-7 broken7 cut => proof7 opened7#1:parent-delete ; c-7 nobody7 cut => proof7 resolved7#2:no-orphans ; c+7 absent7 => presence7 proof7 ; broken7 cut => opened7#3:child-insert
          a removal of a resolved key opens it again            | p-7 broken7 p+7 present7 cut => proof7 presence7 opened7#1:parent-delete resolved7#2:parent-arrived ; p-7 => proof7 ; broken7 cut => opened7#3:parent-delete
          a resolved key whose child comes and goes stays so    | p-7 broken7 p+7 present7 cut => proof7 presence7 opened7#1:parent-delete resolved7#2:parent-arrived ; evict c+7 => presence7 ; present7 cut =>
          a day after its resolution it is forgotten            | p-7 broken7 c-7 nobody7 cut => proof7 proof7 opened7#1:parent-delete resolved7#2:no-orphans ; +86399s cut => ; +1s cut => forgotten7#2
          a key that opens again cancels its tombstone          | p-7 broken7 c-7 nobody7 cut => proof7 proof7 opened7#1:parent-delete resolved7#2:no-orphans ; +86399s c+7 absent7 broken7 cut => presence7 proof7 opened7#3:child-insert ; +2d cut =>
          a tombstone waits for the answer that is out          | p-7 broken7 c-7 nobody7 cut => proof7 proof7 opened7#1:parent-delete resolved7#2:no-orphans ; c+7 +2d cut => presence7 noted7 ; present7 cut => forgotten7#2 dropped7 ; cut =>
          a forgotten key begins anew                           | p-7 broken7 c-7 nobody7 cut +1d cut => proof7 proof7 opened7#1:parent-delete resolved7#2:no-orphans forgotten7#2 ; c+7 absent7 broken7 cut => presence7 proof7 opened7#1:child-insert
          """)
  void aKeyWithoutGrace(String promise, String line) {
    plays(List.of(TestRules.plain(Duration.ZERO)), line);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a suspicion waits for its grace (12)                  | c+7 => presence7 ; absent7 +9999ms => ; +1ms => proof7 ; broken7 cut => opened7#1:child-insert
          a parent that arrives within grace is silence         | c+7 absent7 => presence7 ; p+7 => presence7 ; present7 +20s cut =>
          a parent that comes and goes within grace             | c+7 absent7 => presence7 ; p+7 => presence7 ; p-7 absent7 => ; +10s => proof7
          a child that is gone by the end of grace              | c+7 absent7 +10s => presence7 proof7 ; nobody7 cut =>
          cascades within grace are silence (11)                | p-7 => proof7 ; broken7 => ; c- +10s => proof7 ; nobody7 cut =>
          a row that joins shares the grace of its key          | c+7 absent7 +6s => presence7 ; c+7 +4s => proof7
          grace runs from the answer, not from the question     | c+7 +60s => presence7 ; absent7 +9s => ; +1s => proof7
          grace that ends while a look-up is out                | c+7 absent7 p+7 => presence7 presence7 ; +11s => ; absent7 => proof7 ; broken7 cut => opened7#1:child-insert
          a proof found too early waits for the end of grace    | p-7 => proof7 ; broken7 cut => noted7 ; +10s => proof7 ; broken7 cut => opened7#1:parent-delete dropped7
          a suspicion whose parent was removed says so          | c+7 absent7 => presence7 ; p+7 present7 => presence7 ; p-7 => proof7 ; broken7 +10s => proof7 ; broken7 cut => opened7#1:parent-delete
          grace begins again after a restart                    | c+7 absent7 +9s cut => presence7 noted7 ; crash => proof7 ; broken7 +9s => ; +1s => proof7
          an open key that opens again has its grace again      | c+7 absent7 +10s broken7 cut => presence7 proof7 opened7#1:child-insert ; p+7 present7 p-7 => presence7 proof7 ; broken7 cut => resolved7#2:parent-arrived noted7 ; +10s => proof7 ; broken7 cut => opened7#3:parent-delete dropped7
          """)
  void aKeyWithTenSecondsOfGrace(String promise, String line) {
    plays(List.of(TestRules.plain(GRACE)), line);
  }

  /** I0: an answer that an event could contradict is dropped and asked again. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          present, and a removal since                          | c+7 => presence7 ; p-7 => ; present7 => presence7 ; c+8 present8 => presence8
          ... and the answer did not enter the cache (I2)       | c+7 => presence7 ; p-7 => ; present7 => presence7 ; absent7 => proof7
          nobody refers, and a child since                      | p-7 => proof7 ; c+7 => ; nobody7 => proof7 ; broken7 cut => opened7#1:parent-delete
          absent, and an arrival since                          | c+7 => presence7 ; p+7 => ; absent7 => presence7 ; present7 =>
          broken, and an arrival since                          | c+7 absent7 => presence7 proof7 ; p+7 => ; broken7 cut => proof7 noted7 ; present7 cut => dropped7
          broken, and a child left since: opened, read again    | c+7 absent7 => presence7 proof7 ; c- => ; broken7 cut => proof7 opened7#1:child-insert ; nobody7 cut => resolved7#2:no-orphans
          a re-check, and a child left since: read again        | p-7 broken7 c- => proof7 proof7 ; c- => ; broken7 => ; +200ms => proof7 ; nobody7 cut => opened7#1:parent-delete resolved7#2:no-orphans
          a re-check, and a known child left since: read again  | p-7 broken7 c-7 => proof7 proof7 ; c-7 => ; broken7 => ; +200ms => proof7
          a re-check, and a child joined since: read again      | p-7 broken7 c-7 => proof7 proof7 ; c+7 => ; broken7 => ; +200ms => proof7
          an arrival while the re-check is out                  | p-7 broken7 c- => proof7 proof7 ; p+7 => ; broken7 => proof7 ; present7 cut => opened7#1:parent-delete resolved7#2:parent-arrived
          a child left while an arrival's look-up is out        | p-7 broken7 p+7 => proof7 presence7 ; c-7 => ; absent7 => proof7 ; nobody7 cut => opened7#1:parent-delete resolved7#2:no-orphans
          everything is void after a gap                        | c+7 c+8 => presence7 presence8 ; u:gap => ; present7 absent8 => presence7 presence8
          a truncated parent voids what was present (17)        | c+7 => presence7 ; pT => audit ; present7 => presence7
          one look-up of a key at a time                        | c+7 => presence7 ; p-7 p+7 c+7 c-7 =>
          a late answer to a key that was settled finds nobody  | c+7 => presence7 ; u:gap => ; present7 => presence7 ; present7 cut => blind
          """)
  void eventsAskAnswersDecide(String promise, String line) {
    plays(List.of(TestRules.plain(Duration.ZERO)), line);
  }

  /** I1: a look-up is never behind the stream. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          728:728: does not see 728 (parent's side)             | p-7 => proof7 ; present7@before => ; +20ms => proof7 ; broken7 cut => opened7#1:parent-delete
          728:728: does not see 728 (child's side)              | c+7 absent7 => presence7 proof7 ; nobody7@before => ; +20ms => proof7 ; broken7 cut => opened7#1:child-insert
          begun is enough, it need not have ended               | u( p-7 => proof7 ; present7@before => ; +20ms => proof7 ; present7 u) =>
          the pause doubles to about a second                   | p-7 => proof7 ; nobody7 => ; c+7 => presence7 ; o( absent7 => proof7 ; nobody7@old +19ms => ; +1ms => proof7 ; nobody7@old +39ms => ; +1ms => proof7 ; o) nobody7 =>
          what began after the question need not be seen        | c+7 => presence7 ; p+8 present7@before =>
          an early reading is not excused by a late one         | p-7 p-8 => proof7 proof8 ; nobody8 => ; present7@old => ; +20ms => proof7
          ... nor by a bare snapshot                            | p-7 => proof7 ; c+9 => presence9 ; present9 => ; present7@old => ; +20ms => proof7
          ... and is forgotten once nobody is out               | p-7 nobody7 => proof7 ; c+9 => presence9 ; present9@before =>
          a standby may say present to a first look-up          | p+1 c+7 => presence7 ; present7@standby10 =>
          ... not when its replay is behind the last Begin      | p+1 c+7 => presence7 ; present7@standby5 => ; +20ms => presence7
          ... not without a replay position                     | c+7 => presence7 ; present7@standby0 => ; +20ms => presence7
          ... not behind what was judged before a restart       | p-7 nobody7 c+9 present9 cut => proof7 presence9 ; crash c+7 => presence7 ; present7@standby5 => ; +20ms => presence7 ; present7@standby10 =>
          ... not when the stream is unknown after a gap        | p+1 u:gap c+7 => presence7 ; present7@standby99 => ; +20ms => presence7
          a standby may not say absent                          | c+7 => presence7 ; absent7@standby99 => ; +20ms => presence7
          a standby may not say nobody refers                   | p-7 => proof7 ; nobody7@standby99 => ; +20ms => proof7
          a standby may not prove                               | p-7 => proof7 ; broken7@standby99 => ; +20ms => proof7
          a standby may not end a suspicion                     | c+7 absent7 => presence7 proof7 ; present7@standby99 => ; +20ms => proof7
          a standby may not resolve                             | p-7 broken7 p+7 => proof7 presence7 ; present7@standby99 cut => opened7#1:parent-delete ; +20ms => presence7 ; present7 cut => resolved7#2:parent-arrived
          """)
  void aLookUpIsNeverBehindTheStream(String promise, String line) {
    plays(List.of(TestRules.plain(Duration.ZERO)), line);
  }

  /** I5: what a cut makes durable, and what a new judge makes of it. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a question in flight is a suspicion of the cut        | c+7 cut => presence7 noted7 ; present7 cut => dropped7 ; cut =>
          settled between two cuts: nothing to tell             | c+7 present7 cut => presence7 ; cut =>
          dropped and noted again between two cuts: it stays    | c+7 cut => presence7 noted7 ; present7 evict c+7 cut => presence7 noted7 ; present7 cut => dropped7
          an opening drops its suspicion in the same cut        | c+7 cut => presence7 noted7 ; absent7 broken7 cut => proof7 opened7#1:child-insert dropped7
          one cut is out at a time                              | c+7 cut! => presence7 noted7 ; present7 cut! => ; durable cut => dropped7
          a suspicion is asked again after a crash              | c+7 cut => presence7 noted7 ; crash => proof7 ; broken7 cut => opened7#1:child-insert dropped7
          ... and keeps its cause                               | p-7 cut crash => proof7 noted7 proof7 ; broken7 cut => opened7#1:parent-delete dropped7
          an open violation is asked again after a crash        | p-7 broken7 cut crash => proof7 opened7#1:parent-delete proof7 ; nobody7 cut => resolved7#2:no-orphans
          ... and says nothing if nothing changed               | p-7 broken7 cut crash => proof7 opened7#1:parent-delete proof7 ; broken7 cut =>
          a wake-up lost in a crash is asked for all the same   | p-7 broken7 cut => proof7 opened7#1:parent-delete ; p+7 cut crash => presence7 proof7 ; present7 cut => resolved7#2:parent-arrived
          a resolved one waits for its tombstone over a crash   | p-7 broken7 c-7 nobody7 cut crash => proof7 proof7 opened7#1:parent-delete resolved7#2:no-orphans ; +86399s cut => ; +1s cut => forgotten7#2
          ... and its numbers go on                             | p-7 broken7 c-7 nobody7 cut crash => proof7 proof7 opened7#1:parent-delete resolved7#2:no-orphans ; c+7 absent7 broken7 cut => presence7 proof7 opened7#3:child-insert
          suspected again, then a crash: both are remembered    | p-7 broken7 c-7 nobody7 c+7 cut => proof7 proof7 presence7 opened7#1:parent-delete resolved7#2:no-orphans noted7 ; crash => proof7 ; broken7 cut => opened7#3:child-insert dropped7
          what was published and not durable is judged again    | c+7 cut => presence7 noted7 ; absent7 broken7 cut! => proof7 opened7#1:child-insert dropped7 ; crash => proof7 ; broken7 cut => opened7#1:child-insert dropped7
          positions are those of whole transactions             | p+1 o:at40 cut at? => u0,o40 ; c+1 evict c+7 present7 => presence7 ; cut at? => u10,o40
          a cut never passes a transaction no snapshot has seen | c+7 c+8 => presence7 presence8 ; absent7 absent8 cut at? => proof7 proof8 noted7 noted8 u0,o0 ; nobody7 cut at? => dropped7 u0,o20
          ... the first that is unseen, whatever came later     | p-1 p-2 p-3 => proof1 proof2 proof3 ; nobody1 nobody2 present3@without701 cut at? => noted3 u10,o0 ; +20ms => proof3
          what was judged before a restart is skipped           | p+1 c+9 present9 cut at? => presence9 u10,o0 ; crash => ; u:at0 p+1 => ; p+2 =>
          a half transaction comes again                        | u( p+7 => ; u:restart => ; p+7 p+8 c+7 =>
          """)
  void aCutIsAllThatIsRemembered(String promise, String line) {
    plays(List.of(TestRules.plain(Duration.ZERO)), line);
  }

  /** Bare snapshots, asked while transactions are unseen. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an idle pool polls until all is seen (I5)             | p+1 => snapshot-u ; seen-u@before +99ms => ; +1ms => snapshot-u ; seen-u +1s cut at? => u10,o0
          each database by itself                               | p+1 c+1 => snapshot-u snapshot-o ; seen-o cut at? => u0,o10
          an outage is patient                                  | p+1 => snapshot-u ; down-u +249ms => ; +1ms => snapshot-u
          """)
  void theUnseenIsPolled(String promise, String line) {
    List<BoundRule> rules = List.of(TestRules.plain(Duration.ZERO));
    plays(rules, JudgeLimits.DEFAULT, JudgeScript.watching(rules), true, line);
  }

  /** A rule's life: baseline, watching, blind, overflow; its way back is an audit. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a truncated parent is an audit, journaled (17)        | pT cut => audit baseline ; open keys:7/8 => presence7 presence8 ; end absent7 present8 cut => proof7 noted7 watching ; broken7 cut => opened7#1:parent-truncate dropped7
          ... that begins again after a crash                   | pT cut => audit baseline ; open crash => audit ; open end cut => watching
          ... at the place that it had passed (I5)              | pT cut => audit baseline ; open keys:7 pass:here cut => presence7 noted7 baseline ; crash => proof7 audit@here ; open keys:8 end cut => presence8 noted8 watching
          ... or that was durable, not later                    | pT cut => audit baseline ; open keys:7 pass:here cut => presence7 noted7 baseline ; keys:8 pass:there => presence8 ; crash => proof7 audit@here
          ... nor where a gap came in between                   | pT cut => audit baseline ; open pass:here u:gap u:at5 cut => audit blind ; open crash => audit
          ... nor where another audit was asked for meanwhile   | pT cut => audit baseline ; open pass:here c? cut => baseline ; pass:there cut => baseline ; crash => audit
          ... one that failed goes on where it was              | pT => audit ; open pass:here fail +5s => audit@here
          ... but not if another was asked for meanwhile        | pT => audit ; open pass:here fail c? +5s => audit ; open pass:here c? fail +5s => audit
          ... and when it is done the next reads everything     | pT cut => audit baseline ; open pass:here end cut => watching ; pT cut => audit baseline
          ... and evicts every key (I3)                         | p+7 pT => audit ; c+7 => presence7
          an audit that is behind the stream does not count     | c+7 pT => presence7 audit ; open@before keys:9 => ; +250ms => audit ; open keys:9 => presence9
          ... not even if a look-up was heard that read later   | c+7 pT => presence7 audit ; absent7 => proof7 ; nobody7 => ; open@before keys:9 => ; +250ms => audit
          a standby does not audit                              | pT => audit ; open@standby99 keys:9 => ; +250ms => audit
          an audit that fails comes again                       | pT => audit ; fail +4999ms => ; +1ms => audit ; open end life? => watching
          a newer audit voids the older                         | pT => audit ; open pT => audit ; keys:7 => ; end life? => baseline ; open keys:7 => presence7 ; end life? => watching
          an audit raises suspicions only: what is cached is    | p+7 pT => audit ; p+7 open keys:7 =>
          an audit asks again what is open                      | p-7 broken7 cut => proof7 opened7#1:parent-delete ; pT => audit proof7 ; nobody7 cut => resolved7#2:no-orphans baseline
          children of unknown key ask for an audit, seldom      | c? c? +29s => ; +1s => audit ; open end life? => watching
          ... which a next one does not keep from its end       | c? +30s => audit ; open c? +10s keys:7 end life? => presence7 baseline ; +20s => audit ; open end life? => watching
          a gap is blind, and an audit leads back               | u:gap cut life? => blind blind ; u:at5 => audit ; open end life? => watching
          ... which waits for the stream                        | u:gap +60s => ; u:at5 => audit
          ... and asks again what is open                       | p-7 broken7 u:gap => proof7 proof7 ; present7 cut => opened7#1:parent-delete resolved7#2:parent-arrived blind
          ... even of another history, with smaller positions   | u:at500 => ; u:gap u:at5 => audit ; p-7 => proof7
          ... and voids the cache (I2)                          | p+7 u:gap c+7 => presence7
          ... once more when the stream begins anew             | u:gap c+7 present7 => presence7 ; u:at5 c+7 => audit presence7
          ... with what was asked meanwhile                     | u:gap c+7 => presence7 ; u:at5 => audit ; present7 => presence7
          """)
  void aRulesLife(String promise, String line) {
    plays(List.of(TestRules.plain(Duration.ZERO)), line);
  }

  /** The first start: nothing is in the journal. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a baseline waits for both streams (20)                | +60s => ; u:at100 => ; o:at200 => audit ; open keys:7 end cut => presence7 noted7 watching ; absent7 broken7 cut => proof7 opened7#1:existing dropped7
          events are judged while it waits                      | u:at100 c+7 => presence7 audit ; absent7 broken7 cut => proof7 opened7#1:child-insert baseline
          what was read before the stream began is unknown (I2) | o:at5 c+7 present7 c+7 => presence7 ; u:at100 c+7 => audit presence7
          ... and what is heard after that is void              | o:at5 c+7 => presence7 ; u:at100 => audit ; present7 => presence7
          nothing is said of a database nobody heard of         | u:at100 cut at? => baseline u100,o?
          """)
  void aBaseline(String promise, String line) {
    plays(List.of(TestRules.plain(Duration.ZERO)), JudgeLimits.DEFAULT, Memory.EMPTY, false, line);
  }

  /** Bounds: two suspicions and open violations; look-ups in flight; transitions unpublished. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          over its limit a rule overflows, suspicions go        | c+1 c+2 c+3 => presence1 presence2 presence3 ; absent1 absent2 load? => 2+0 ; absent3 life? load? => overflow 0+0 ; c+4 p-5 cut => overflow
          ... its violations stay, and resolve                  | p-1 p-2 broken1 broken2 +10s broken1 broken2 load? => proof1 proof2 proof1 proof2 0+2 ; c+3 absent3 life? => presence3 overflow ; p+1 present1 cut => presence1 opened1#1:parent-delete opened2#1:parent-delete resolved1#2:parent-arrived overflow
          ... until an audit half a minute later                | c+1 c+2 c+3 absent1 absent2 absent3 life? => presence1 presence2 presence3 overflow ; +29s => ; +1s => audit ; c+4 => presence4 ; open keys:1/2 end life? => presence1 presence2 watching
          ... which may stop again half-way                     | c+1 c+2 c+3 absent1 absent2 absent3 +30s => presence1 presence2 presence3 audit ; open keys:1/2/3 => presence1 presence2 presence3 ; absent1 absent2 absent3 keys:4 end life? => overflow
          ... ever more rarely, though it ends before its answers come | c+1 c+2 c+3 absent1 absent2 absent3 +30s => presence1 presence2 presence3 audit ; open keys:1/2/3 end life? => presence1 presence2 presence3 watching ; absent1 absent2 absent3 life? => overflow ; +59s => ; +1s => audit
          ... a rule that held out for long begins anew         | c+1 c+2 c+3 absent1 absent2 absent3 +30s => presence1 presence2 presence3 audit ; open end +61s => ; c+1 c+2 c+3 => presence1 presence2 presence3 ; absent1 absent2 absent3 +30s => audit
          a suspicion of before goes back to resolved           | p-1 broken1 +10s broken1 p+1 present1 => proof1 proof1 presence1 ; evict c+1 c+2 c+3 => presence1 presence2 presence3 ; absent1 absent2 absent3 life? => overflow ; +1d cut => audit opened1#1:parent-delete resolved1#2:parent-arrived forgotten1#2 overflow
          a look-up that fails is a suspicion, asked again      | c+1 => presence1 ; down1 load? => 1+0 ; +249ms => ; +1ms => presence1 ; down1 +499ms => ; +1ms => presence1 ; absent1 load? => 1+0
          ... and the others wait with it                       | c+1 down1 c+2 load? => presence1 2+0 ; +250ms => presence1 presence2 ; present1 load? => 1+0 ; present2 load? => 0+0
          an outage over the limit is blind                     | c+1 down1 c+2 c+3 life? load? => presence1 blind 0+0 ; +30s => audit ; fail +5s => audit ; open keys:1 end life? => presence1 watching
          a violation that waits for an outage stays open       | p-1 broken1 +10s broken1 c-1 +1s down1 load? => proof1 proof1 proof1 0+1 ; +1s nobody1 cut => proof1 opened1#1:parent-delete resolved1#2:no-orphans
          an arrival during an outage waits with it             | p-1 broken1 +10s broken1 => proof1 proof1 ; c-1 +1s down1 p+1 => proof1 ; +1s => proof1 ; present1 =>
              look-ups in flight pause the streams                  | c+1 c+2 c+3 accepts? => presence1 presence2 presence3 accepts ; c+4 accepts? => presence4 pauses ; present4 accepts? => accepts
          transitions that wait for a cut pause the streams     | p-1 broken1 +10s broken1 accepts? => proof1 proof1 accepts ; p+1 present1 accepts? => presence1 pauses ; cut! accepts? => opened1#1:parent-delete resolved1#2:parent-arrived accepts
          """)
  void bounds(String promise, String line) {
    List<BoundRule> rules = List.of(TestRules.withMaxOpen(TestRules.plain(GRACE), 2));
    plays(rules, smallLimits(), JudgeScript.watching(rules), false, line);
  }

  /** A commit that waits for a dead standby holds every answer of its database (I1). */
  @Test
  void keysThatWaitForAHangingCommitCountTowardsTheLimitAfterAWhile() {
    List<BoundRule> rules = List.of(TestRules.withMaxOpen(TestRules.plain(GRACE), 2));
    JudgeScript script =
        new JudgeScript(rules, JudgeLimits.DEFAULT, JudgeScript.watching(rules), false);
    script.play("p+9 c+1 c+2 c+3");
    for (int pause = 20; pause <= 640; pause *= 2) {
      assertThat(script.play("present1@old present2@old present3@old load? life?"))
          .endsWith("=> 0+0 watching");
      assertThat(script.play("+%dms".formatted(pause)))
          .endsWith("=> presence1 presence2 presence3");
    }

    assertThat(script.play("present1@old present2@old load? present3@old load? life?"))
        .endsWith("=> 2+0 0+0 overflow");
  }

  private static JudgeLimits smallLimits() {
    JudgeLimits usual = JudgeLimits.DEFAULT;
    return new JudgeLimits(
        4,
        2,
        usual.recheckEvery(),
        usual.recheckKeys(),
        usual.askAgain(),
        usual.retryFirst(),
        usual.retryLast(),
        usual.visibilityEvery(),
        usual.auditRetry(),
        usual.forgetAfter());
  }

  /** citext: a key is the child's own spelling, and nothing is cached (19). */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          what is there is asked each time                      | c+ANNA => presence:ANNA ; present:ANNA c+ANNA => presence:ANNA
          what arrived is not cached                            | p+anna c+anna => presence:anna
          a removal asks in which spelling children refer       | p-Anna => referrers:Anna ; refer:Anna=ANNA,anna => proof:ANNA proof:anna ; broken:ANNA nobody:anna cut => opened:ANNA#1:parent-delete
          ... and nobody may refer                              | p-Anna => referrers:Anna ; refer:Anna= cut =>
          ... and a spelling may be equal to another parent     | p-Anna => referrers:Anna ; refer:Anna=ANNA => proof:ANNA ; present:ANNA cut =>
          ... and it may be known as open                       | p-Anna refer:Anna=ANNA broken:ANNA => referrers:Anna proof:ANNA ; p-ANNA => referrers:ANNA ; refer:ANNA=ANNA cut => opened:ANNA#1:parent-delete
          ... or as resolved                                    | p-Anna refer:Anna=ANNA broken:ANNA c-ANNA nobody:ANNA => referrers:Anna proof:ANNA proof:ANNA ; p-ANNA refer:ANNA=ANNA => referrers:ANNA proof:ANNA ; broken:ANNA cut => opened:ANNA#1:parent-delete resolved:ANNA#2:no-orphans opened:ANNA#3:parent-delete
          ... the answer must see what was begun (I1)           | c+ANNA p-Anna => presence:ANNA referrers:Anna ; refer:Anna=@before => ; +20ms => referrers:Anna
          ... a second removal of it asks again                 | p-Anna => referrers:Anna ; p-Anna => ; refer:Anna= => referrers:Anna ; refer:Anna= =>
          ... and a crash asks it again                         | p-Anna cut => referrers:Anna noted:Anna ; crash => referrers:Anna ; refer:Anna= cut => dropped:Anna
          ... and an outage                                     | p-Anna => referrers:Anna ; down:Anna +250ms => referrers:Anna
          a removal of another key contradicts nothing          | c+ANNA => presence:ANNA ; p-Bert => referrers:Bert ; present:ANNA refer:Bert= cut =>
          a removal contradicts what is present in its spelling | c+ANNA => presence:ANNA ; p-Anna => referrers:Anna ; refer:Anna=ANNA present:ANNA => presence:ANNA
          ... and asks for the proof if that was heard before   | c+ANNA => presence:ANNA ; p-Anna => referrers:Anna ; present:ANNA refer:Anna=ANNA => proof:ANNA
          ... and for a child that came after who refers        | c+ANNA => presence:ANNA ; p-Anna => referrers:Anna ; refer:Anna= c+ANNA present:ANNA => presence:ANNA
          ... and a child that came before one is not concerned | c+ANNA => presence:ANNA ; c+ANNA p-Bert => referrers:Bert ; present:ANNA refer:Bert= cut =>
          an arrival does not keep a violation from opening     | c+ANNA absent:ANNA => presence:ANNA proof:ANNA ; p+bert => ; broken:ANNA cut => proof:ANNA opened:ANNA#1:child-insert ; p+carl => ; broken:ANNA +200ms => proof:ANNA
          ... which is asked again, for it may be its parent    | c+ANNA absent:ANNA => presence:ANNA proof:ANNA ; p+anna => ; broken:ANNA cut => proof:ANNA opened:ANNA#1:child-insert ; present:ANNA cut => resolved:ANNA#2:parent-arrived
          an arrival asks again all open keys                   | p-Anna refer:Anna=ANNA broken:ANNA cut => referrers:Anna proof:ANNA opened:ANNA#1:parent-delete ; p+anna => proof:ANNA ; present:ANNA cut => resolved:ANNA#2:parent-arrived
          """)
  void keysWithoutACanonicalForm(String promise, String line) {
    plays(List.of(TestRules.citext(Duration.ZERO)), line);
  }

  /** MATCH FULL with two columns (2): some NULL is a violation by itself. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          partly NULL is proved by the children alone           | c+(1,_) => proof(1,_) ; broken(1,_) +10s => proof(1,_) ; broken(1,_) cut => opened(1,_)#1:child-insert
          ... the parent's reading is nobody's business         | u( c+(1,_) => proof(1,_) ; broken(1,_) +10s => proof(1,_) ; broken(1,_) cut => opened(1,_)#1:child-insert
          ... but the children's must not be behind (I1)        | c+(1,_) => proof(1,_) ; broken(1,_)@before => ; +20ms => proof(1,_)
          ... and it ends when nobody holds it                  | c+(1,_) broken(1,_) +10s broken(1,_) c- cut => proof(1,_) proof(1,_) proof(1,_) opened(1,_)#1:child-insert ; nobody(1,_) cut => resolved(1,_)#2:no-orphans
          ... other than NULL in the other column               | c+(1,_) c+(_,1) => proof(1,_) proof(_,1)
          whole keys are as ever                                | c+(1,2) => presence(1,2) ; present(1,2) c+(1,2) => ; c+(2,1) => presence(2,1)
          """)
  void matchFull(String promise, String line) {
    plays(List.of(TestRules.full(GRACE)), line);
  }

  /** Two rules, one parent: one judge, one cache, and each by itself (7). */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a removal concerns both                               | p-7 => proof7 proof!7 ; broken7 nobody!7 cut => opened7#1:parent-delete
          an arrival concerns both                              | p-7 broken7 broken!7 => proof7 proof!7 ; p+7 => presence7 presence!7 ; present7 present!7 cut => opened7#1:parent-delete opened!7#1:parent-delete resolved7#2:parent-arrived resolved!7#2:parent-arrived
          a removal voids both answers in flight                | p-7 => proof7 proof!7 ; p-7 => ; present7 present!7 => proof7 proof!7
          children of one say nothing of the other's            | p-7 => proof7 proof!7 ; c+7 => ; nobody!7 nobody7 => proof7
          """)
  void twoRulesWithOneParent(String promise, String line) {
    plays(List.of(TestRules.plain(Duration.ZERO), TestRules.invoices(Duration.ZERO)), line);
  }
}
