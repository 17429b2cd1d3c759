package io.crossfk.rules.model;

/**
 * A table of one of the watched databases.
 *
 * @param database the name that the configuration gives to the database, not PostgreSQL's own
 */
public record TableReference(String database, String schema, String table)
    implements Comparable<TableReference> {

  /** The table's name as PostgreSQL's users write it: {@code public.orders}. */
  public String qualifiedName() {
    return schema + "." + table;
  }

  @Override
  public int compareTo(TableReference other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return database + ":" + schema + "." + table;
  }
}
