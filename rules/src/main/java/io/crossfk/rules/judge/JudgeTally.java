package io.crossfk.rules.judge;

/**
 * What a judge has done in this run, for metrics and for people.
 *
 * @param checked child rows and removed parent keys judged
 * @param cacheHits child rows settled by a cached key (I2)
 * @param cacheMisses child rows that needed a look-up or joined one
 * @param asked questions, bare snapshots not counted
 * @param askedAgain answers set aside, since an event could contradict them (I0) or since they were
 *     behind the stream (I1)
 * @param open published and not resolved
 * @param ignored violations that are older than their rule, which ignores such
 * @param untold violations that an audit on a schedule found and the streams had not told: a defect
 *     of crossfk, or something that no log tells
 */
public record JudgeTally(
    long checked,
    long cacheHits,
    long cacheMisses,
    long asked,
    long askedAgain,
    long opened,
    long resolved,
    int suspected,
    int open,
    int inFlight,
    int unseenTransactions,
    int ignored,
    long untold) {

  public static final JudgeTally ZERO = new JudgeTally(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  public JudgeTally plus(JudgeTally other) {
    return new JudgeTally(
        checked + other.checked,
        cacheHits + other.cacheHits,
        cacheMisses + other.cacheMisses,
        asked + other.asked,
        askedAgain + other.askedAgain,
        opened + other.opened,
        resolved + other.resolved,
        suspected + other.suspected,
        open + other.open,
        inFlight + other.inFlight,
        unseenTransactions + other.unseenTransactions,
        ignored + other.ignored,
        untold + other.untold);
  }
}
