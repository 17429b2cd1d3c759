package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.Refusal;
import io.crossfk.rules.model.TableReference;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The way from a publication as it is to one that carries what the rules need. Nothing is taken
 * away from it but what hides changes from us.
 *
 * @param statements to be executed in one transaction; empty if all is well
 * @param added tables that it did not carry, or not wholly: what happened to them before is unknown
 * @param obstacles why our role may not do it; the statements are the cure then
 * @param dangers why nobody should do it without thinking; the statements would do it
 */
record PublicationPlan(
    boolean creates,
    List<String> statements,
    Set<TableReference> added,
    List<String> obstacles,
    List<String> dangers) {

  private static final String ACTIONS = "publish = 'insert, update, delete, truncate'";

  static PublicationPlan of(
      String publication,
      int version,
      Optional<PublicationFacts> existing,
      List<TableFacts> tables,
      String role,
      boolean mayCreate) {
    Set<TableReference> added = new LinkedHashSet<>();
    List<String> statements = new ArrayList<>();
    List<String> obstacles = new ArrayList<>();
    List<String> dangers = new ArrayList<>();
    if (existing.isEmpty()) {
      tables.forEach(table -> added.add(table.watched().table()));
      statements.add(create(publication, version, tables));
      if (!mayCreate) {
        obstacles.add("role \"" + role + "\" may not create one in this database");
      }
      addOwnership(tables, role, obstacles);
      return new PublicationPlan(true, statements, added, obstacles, dangers);
    }
    PublicationFacts is = existing.get();
    String name = Sql.identifier(publication);
    boolean needsRoot = tables.stream().anyMatch(TableFacts::partitioned);
    if (!is.everyAction() || (needsRoot && !is.viaRoot())) {
      tables.forEach(table -> added.add(table.watched().table()));
      if (!is.everyAction()) {
        addOthers(is, tables, dangers);
      }
      statements.add(
          "ALTER PUBLICATION "
              + name
              + " SET ("
              + ACTIONS
              + (needsRoot ? ", publish_via_partition_root = true" : "")
              + ");");
    }
    List<TableFacts> missing = new ArrayList<>();
    for (TableFacts table : tables) {
      PublicationFacts.Entry entry = entry(is, table, needsRoot);
      if (entry == null) {
        missing.add(table);
      } else if (!covers(entry, table, version)) {
        if (entry.named()) {
          statements.add("ALTER PUBLICATION " + name + " DROP TABLE " + only(table) + ";");
        }
        missing.add(table);
      }
    }
    if (!missing.isEmpty()) {
      missing.forEach(table -> added.add(table.watched().table()));
      statements.add("ALTER PUBLICATION " + name + " ADD TABLE " + list(missing, version) + ";");
      addOwnership(missing, role, obstacles);
    }
    if (!statements.isEmpty() && !is.owned()) {
      obstacles.addFirst("role \"" + role + "\" does not own it");
    }
    return new PublicationPlan(false, statements, added, obstacles, dangers);
  }

  /** What the plan could not bring about: asked again after the statements, before the commit. */
  static List<TableReference> uncovered(PublicationFacts is, List<TableFacts> tables, int version) {
    return tables.stream()
        .filter(
            table -> {
              PublicationFacts.Entry entry = entry(is, table, false);
              return entry == null || !covers(entry, table, version);
            })
        .map(table -> table.watched().table())
        .toList();
  }

  Optional<Refusal> missingRights(String database, String publication) {
    return refusal(database, publication, obstacles);
  }

  Optional<Refusal> danger(String database, String publication) {
    return refusal(database, publication, dangers);
  }

  private Optional<Refusal> refusal(String database, String publication, List<String> reasons) {
    if (reasons.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            database + ": publication " + publication,
            (creates ? "does not exist, and " : "lacks what the rules need, and ")
                + String.join("; ", reasons)
                + ". Have this run by an owner:",
            statements));
  }

  /**
   * The table's entry, if its changes come under its name, or will once the publication speaks for
   * partitions by their root.
   */
  private static PublicationFacts.@Nullable Entry entry(
      PublicationFacts is, TableFacts table, boolean rootWillSpeak) {
    PublicationFacts.Entry entry = is.entries().get(Sql.table(table.watched().table()));
    if (entry != null && (entry.effective() || (rootWillSpeak && table.partitioned()))) {
      return entry;
    }
    return is.allTables() && rootWillSpeak && table.partitioned()
        ? new PublicationFacts.Entry(false, true, false, Set.of(), false)
        : null;
  }

  private static boolean covers(PublicationFacts.Entry entry, TableFacts table, int version) {
    if (entry.filtered()) {
      return false;
    }
    if (!entry.listed()) {
      return true;
    }
    List<String> needed = table.columnsToPublish(version);
    return !needed.isEmpty() && entry.columns().containsAll(needed);
  }

  private static void addOwnership(List<TableFacts> tables, String role, List<String> obstacles) {
    List<String> foreign =
        tables.stream()
            .filter(table -> !table.owned())
            .map(table -> table.watched().table().qualifiedName())
            .toList();
    if (!foreign.isEmpty()) {
      obstacles.add(
          "only an owner of "
              + String.join(", ", foreign)
              + " may publish it, and role \""
              + role
              + "\" is none");
    }
  }

  /**
   * Their UPDATE and DELETE are not published today, and may not survive it (section 5, fact 5).
   */
  private static void addOthers(
      PublicationFacts is, List<TableFacts> tables, List<String> dangers) {
    Set<String> others = new TreeSet<>(is.entries().keySet());
    for (TableFacts table : tables) {
      table.members().forEach(member -> others.remove(member.sqlName()));
    }
    if (!others.isEmpty()) {
      dangers.add(
          "it does not publish every action, and publishes other tables too ("
              + others.stream().limit(5).collect(Collectors.joining(", "))
              + (others.size() > 5 ? ", …" : "")
              + "), whose UPDATE and DELETE PostgreSQL will refuse unless they have a replica"
              + " identity");
    }
  }

  private static String create(String publication, int version, List<TableFacts> tables) {
    return "CREATE PUBLICATION "
        + Sql.identifier(publication)
        + " FOR TABLE "
        + list(tables, version)
        + " WITH ("
        + ACTIONS
        + ", publish_via_partition_root = true);";
  }

  private static String list(List<TableFacts> tables, int version) {
    return tables.stream()
        .map(
            table -> {
              List<String> columns = table.columnsToPublish(version);
              return only(table) + (columns.isEmpty() ? "" : " " + Sql.columns(columns));
            })
        .collect(Collectors.joining(", "));
  }

  /** ONLY: tables that inherit from it in the old way are tables of their own. */
  private static String only(TableFacts table) {
    return (table.partitioned() ? "" : "ONLY ") + Sql.table(table.watched().table());
  }
}
