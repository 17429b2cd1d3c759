package io.crossfk.listener.feed;

import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.model.Rule;

/** The sentence of an alert that stands alone on a pager: which rule, what, and why comes first. */
final class AlertSummary {

  /** Some reasons quote a server at length; the record has them in full. */
  private static final int LONGEST_REASON = 400;

  private AlertSummary() {}

  static String blind(Rule rule, String reason) {
    String why = Summary.shortened(Summary.oneLine(reason).strip(), LONGEST_REASON);
    return "%s is blind: %s%s It cannot vouch for %s and %s until it has audited."
        .formatted(
            rule.name(),
            why,
            why.endsWith(".") ? "" : ".",
            rule.child().table(),
            rule.parent().table());
  }

  static String overflow(Rule rule) {
    return ("%s overflows: over %d keys of %s are missing in %s, or look so."
            + " No more of them are told of until it has audited.")
        .formatted(rule.name(), rule.maxOpen(), rule.child().table(), rule.parent().table());
  }

  /** The rule lives on, and this incident of it is over. */
  static String resolved(String rule, RuleLife life) {
    return rule
        + switch (life) {
          case RuleLife.Watching watching -> ": resolved: it has audited and watches again";
          case RuleLife.Baseline baseline -> ": resolved: it reads its tables anew";
          case RuleLife.Blind blind -> ": resolved: it overflows no longer, it is blind";
          case RuleLife.Overflow overflow -> ": resolved: it is blind no longer, it overflows";
        };
  }

  /** The rule is gone, or not the same any more. */
  static String retired(String rule, Resolution reason) {
    return rule
        + switch (reason) {
          case RULE_CHANGED -> ": resolved: the rule was changed and is checked anew";
          case RULE_REMOVED -> ": resolved: the rule was removed, it is not checked any more";
          case PARENT_ARRIVED, NO_ORPHANS ->
              throw new IllegalArgumentException("no rule is retired for " + reason.word());
        };
  }
}
