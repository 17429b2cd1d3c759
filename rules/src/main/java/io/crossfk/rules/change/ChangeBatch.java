package io.crossfk.rules.change;

import java.util.List;

/**
 * Changes of one database in log order.
 *
 * @param bytes what they took on the wire: bounds the queues
 */
public record ChangeBatch(List<Change> changes, long bytes) {}
