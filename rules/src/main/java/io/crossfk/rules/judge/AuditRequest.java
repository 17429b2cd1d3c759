package io.crossfk.rules.judge;

import io.crossfk.rules.model.Rule;
import java.util.Optional;

/**
 * Read all keys that the rule's children hold. A newer request for the rule voids an older one.
 *
 * @param from the place up to which all was handed out and is durable; the reading may go on there
 */
public record AuditRequest(long number, Rule rule, Optional<String> from) {}
