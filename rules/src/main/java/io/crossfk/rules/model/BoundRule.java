package io.crossfk.rules.model;

import io.crossfk.rules.key.KeyShape;

/** A rule together with what the two catalogues say of its tables: ready to be read and judged. */
public record BoundRule(
    Rule rule, KeyShape shape, TableDescription child, TableDescription parent) {}
