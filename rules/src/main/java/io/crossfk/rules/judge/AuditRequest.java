package io.crossfk.rules.judge;

import io.crossfk.rules.model.Rule;

/** Read all keys that the rule's children hold. A newer request for the rule voids an older one. */
public record AuditRequest(long number, Rule rule) {}
