package io.crossfk.listener.lookup;

import java.time.Duration;

/**
 * Counts since the start of the process; they only grow.
 *
 * @param asked questions
 * @param answered questions with an answer, failures among them
 * @param failed questions that no database could answer
 * @param batches groups of questions that went to a database together
 * @param keys keys that statements were sent with; a proof reads its keys up to three times, a key
 *     that several rules ask for at once is sent once
 * @param statements statements sent
 * @param busy time that groups spent at the databases, added up over all connections
 */
public record LookupCounters(
    long asked,
    long answered,
    long failed,
    long batches,
    long keys,
    long statements,
    Duration busy) {}
