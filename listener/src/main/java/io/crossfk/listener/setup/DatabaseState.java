package io.crossfk.listener.setup;

import io.crossfk.rules.model.TableReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A database as set-up finds it.
 *
 * @param instance tells this server from every other, and from itself after a restart
 * @param name of the database, as the server has it
 * @param role what is there of the role, if it is
 * @param mayConnect whether the role, or everybody if it is not there, may connect
 * @param tables those of the rules that are there
 */
record DatabaseState(
    Server server,
    String instance,
    String name,
    Optional<Role> role,
    boolean mayConnect,
    Map<TableReference, Table> tables,
    Optional<Slot> slot,
    Optional<Publication> publication) {

  DatabaseState {
    tables = new LinkedHashMap<>(tables);
  }

  /**
   * The server's settings.
   *
   * @param user who asked
   * @param managedRoles those of its roles that tell who runs it
   * @param keptForSlots max_slot_wal_keep_size, with its unit; {@code -1} if there is no limit
   */
  record Server(
      String version,
      boolean standby,
      String user,
      Set<String> managedRoles,
      String walLevel,
      int slots,
      int slotsAtMost,
      String keptForSlots) {}

  /**
   * A role.
   *
   * @param ours whether {@code crossfk setup} made it
   * @param mayReplicate by attribute, or by Amazon's role
   * @param seesAllRows as a superuser, or by BYPASSRLS
   * @param streams how many logs it reads now, on the whole server
   */
  record Role(
      boolean login, boolean mayReplicate, boolean seesAllRows, boolean ours, int streams) {}

  /**
   * A table of the rules.
   *
   * @param closedSchemas the table's and its columns' types', as far as the role may not use them
   * @param unreadable of the columns that look-ups read
   * @param filtered whether row-level security would hide rows from the role
   */
  record Table(List<String> closedSchemas, List<String> unreadable, boolean filtered) {}

  /**
   * A slot of our name.
   *
   * @param ours whether it is one that crossfk may have made: pgoutput, of this database
   */
  record Slot(boolean ours, boolean active) {}

  /**
   * A publication of our name.
   *
   * @param ours whether {@code crossfk setup} made it, or our role
   */
  record Publication(boolean ours) {}
}
