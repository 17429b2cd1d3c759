package io.crossfk.rules.judge;

import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.key.Key;
import java.time.Instant;
import java.util.Optional;

/**
 * A (rule, key) that is in flight, suspected, or not answered: asked again after a crash (I5).
 *
 * @param ruleName the rule
 * @param referrers true if it stands for "which spellings refer to this removed key of the parent"
 * @param raisedBy what put it on the desk
 */
public record Suspicion(
    String ruleName,
    Key key,
    boolean referrers,
    Cause cause,
    Optional<Instant> brokenAt,
    Optional<TransactionId> transaction,
    RaisedBy raisedBy) {}
