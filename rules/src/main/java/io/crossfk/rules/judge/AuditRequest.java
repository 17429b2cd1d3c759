package io.crossfk.rules.judge;

import io.crossfk.rules.model.Rule;
import java.time.Instant;
import java.util.Optional;

/**
 * Read all keys that the rule's children hold. A newer request for the rule voids an older one.
 *
 * @param from the place up to which all was handed out and is durable; the reading may go on there
 * @param afterRunning read only once every transaction that runs when this is asked has ended: some
 *     of its rows may not be in the log (design, section 5, fact 12)
 * @param scheduled nothing is known to be amiss; what it finds the streams should have told
 * @param until no row is read after this moment; the rest waits for another request
 */
public record AuditRequest(
    long number,
    Rule rule,
    Optional<String> from,
    boolean afterRunning,
    boolean scheduled,
    Optional<Instant> until) {}
