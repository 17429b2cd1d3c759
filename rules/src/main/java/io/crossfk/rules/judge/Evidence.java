package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import java.util.Optional;

/**
 * Why the verdict is true: how far each stream was judged, and what the look-ups saw.
 *
 * @param childPosition how far the child's stream was judged at the verdict
 * @param parentPosition how far the parent's stream was judged at the verdict
 * @param transaction the transaction that broke the key, if the log told
 * @param childBefore the snapshot of the first child read, as the database writes it
 * @param parent the snapshot of the parent read
 * @param childAfter the snapshot of the second child read
 */
public record Evidence(
    Position childPosition,
    Position parentPosition,
    Optional<TransactionId> transaction,
    String childBefore,
    Optional<String> parent,
    String childAfter) {}
