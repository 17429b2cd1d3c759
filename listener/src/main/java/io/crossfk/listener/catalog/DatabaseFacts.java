package io.crossfk.listener.catalog;

import io.crossfk.rules.model.TableReference;
import java.util.Map;
import java.util.SortedSet;

/**
 * All that was read of one database.
 *
 * @param tables those that rules name and that exist
 * @param names all tables by schema, to find what was meant; empty if nothing is missing
 */
record DatabaseFacts(
    ServerFacts server,
    Map<TableReference, TableFacts> tables,
    Map<String, ? extends SortedSet<String>> names) {}
