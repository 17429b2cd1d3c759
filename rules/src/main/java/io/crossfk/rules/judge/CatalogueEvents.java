package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.TableReference;
import java.util.Map;
import java.util.Optional;

/**
 * What the catalogues say of tables that the logs do not: rows that came or went without an event,
 * and tables that cannot be judged as they stand (design, section 5, facts 6 and 11).
 *
 * <p>A reading of the catalogue and a log have no common order but the end of the log, which is
 * read after the catalogue. The stream may be far behind it: so an arrival from before is not
 * cached any more (I2), since its row may have gone with what nobody told.
 */
final class CatalogueEvents {
  private final JudgedRules rules;
  private final PresenceCache cache;
  private final DeskKeeper keeper;
  private final Audits audits;

  CatalogueEvents(JudgedRules rules, PresenceCache cache, DeskKeeper keeper, Audits audits) {
    this.rules = rules;
    this.cache = cache;
    this.keeper = keeper;
    this.audits = audits;
  }

  void read(Event.CatalogueRead event) {
    DatabaseDesk database = rules.database(event.database());
    // What is known of changes unseen is the journal's: after a restart the stream begins before
    // them, whether they are new or were found by an earlier run.
    database.catalogueRead(event.logEnd());
    for (RuleDesk desk : rules.all()) {
      if (desk.child == database) {
        standing(event.tables(), desk.rule().child().table())
            .ifPresent(standing -> childStands(desk, standing, event.logEnd()));
      }
      if (desk.parent == database) {
        standing(event.tables(), desk.rule().parent().table())
            .ifPresent(standing -> parentStands(desk, standing, event.logEnd()));
      }
    }
  }

  private static Optional<Event.TableStanding> standing(
      Map<TableReference, Event.TableStanding> tables, TableReference table) {
    return Optional.ofNullable(tables.get(table));
  }

  private void childStands(RuleDesk desk, Event.TableStanding standing, Position logEnd) {
    Optional<String> before = desk.past.childPrint();
    if (!before.equals(Optional.of(standing.print()))) {
      desk.past = desk.past.withChildPrint(standing.print());
      desk.lifeChanged = true;
      if (before.isPresent()) {
        desk.writings++;
        desk.leavings++;
        changed(desk, desk.rule().child().table());
      }
    }
    fitness(desk, desk.rule().child().table(), standing, logEnd);
  }

  private void parentStands(RuleDesk desk, Event.TableStanding standing, Position logEnd) {
    Optional<String> before = desk.past.parentPrint();
    if (!before.equals(Optional.of(standing.print()))) {
      desk.past = desk.past.withParentPrint(standing.print());
      desk.lifeChanged = true;
      if (before.isPresent()) {
        parentChanged(desk, logEnd);
        changed(desk, desk.rule().parent().table());
      }
    }
    fitness(desk, desk.rule().parent().table(), standing, logEnd);
  }

  private void changed(RuleDesk desk, TableReference table) {
    audits.blindUntilRunningEnded(
        desk,
        table
            + " was changed in a way that no log tells: its partitions, its publication, its"
            + " replica identity or its columns");
  }

  /** I2 and I3, for every key at once: any of them may have gone, or come. */
  private void parentChanged(RuleDesk desk, Position logEnd) {
    cache.clear();
    desk.parent.cachesFrom(logEnd);
    desk.removals++;
    desk.arrivals++;
    desk.leavings++;
  }

  private void fitness(
      RuleDesk desk, TableReference table, Event.TableStanding standing, Position logEnd) {
    if (standing.unfit().isPresent()) {
      unfit(desk, table, logEnd, standing.unfit().get());
    } else if (desk.becomesFit(table, logEnd)) {
      // What happened meanwhile may not be in the log; an audit tells what came of it.
      parentChanged(desk, logEnd);
      desk.writings++;
      changed(desk, table);
    }
  }

  /** The stream itself cannot tell what a table's rules need. */
  void unfit(Event.Unfit event) {
    for (RuleDesk desk : rules.all()) {
      if (desk.rule().child().table().equals(event.table())) {
        unfit(desk, event.table(), desk.child.heard(), event.reason());
      } else if (desk.rule().parent().table().equals(event.table())) {
        unfit(desk, event.table(), desk.parent.heard(), event.reason());
      }
    }
  }

  private void unfit(RuleDesk desk, TableReference table, Position at, String reason) {
    cache.clear(); // I2: removals may not be in the log.
    boolean news = !desk.unfit();
    desk.becomesUnfit(table, at);
    if (news) {
      keeper.blind(desk, reason);
    }
  }
}
