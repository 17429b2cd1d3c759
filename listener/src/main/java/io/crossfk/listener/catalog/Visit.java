package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.RuleProblems.Side;
import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import java.util.List;

/**
 * One side of a rule, to be looked at. What is true of a table is worded alike for every rule that
 * names it, so that {@link RuleProblems} makes one finding of it.
 *
 * @param rules all of them: what a role lacks on a table is granted at once
 */
record Visit(
    DatabaseFacts facts,
    List<Rule> rules,
    RuleProblems problems,
    Purpose purpose,
    Rule rule,
    Side side) {

  TableKey key() {
    return keyOf(rule, side);
  }

  static TableKey keyOf(Rule rule, Side side) {
    return side == Side.CHILD ? rule.child() : rule.parent();
  }

  /** Our role, quoted if SQL needs it. */
  String role() {
    return facts.server().roleSql();
  }

  void error(Subject subject, String found, Cure cure) {
    problems.add(Finding.error(subject, place(), found, cure), rule, side);
  }

  void warning(Subject subject, String found, Cure cure) {
    problems.add(Finding.warning(subject, place(), found, cure), rule, side);
  }

  void ok(Subject subject, String found) {
    problems.add(Finding.ok(subject, place(), found), rule, side);
  }

  private Place place() {
    return Place.table(key().table());
  }
}
