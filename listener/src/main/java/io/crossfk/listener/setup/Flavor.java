package io.crossfk.listener.setup;

import io.crossfk.listener.source.postgres.Sql;
import java.util.Collection;

/** Who runs the server: managed services keep the superuser, and give its powers in other ways. */
public enum Flavor {
  /** PostgreSQL as it is. */
  PLAIN("", "a superuser", "ALTER SYSTEM SET %1$s = '%2$s'; and a restart of the server"),
  /** Amazon RDS and Aurora. */
  RDS(
      "rds_replication",
      "the master user (a member of rds_superuser)",
      "the parameter %1$s = %2$s in the instance's parameter group, on Aurora in the cluster's, and"
          + " a reboot"),
  /** Google Cloud SQL. */
  CLOUDSQL(
      "cloudsqlsuperuser",
      "a member of cloudsqlsuperuser, such as postgres",
      "the flag %1$s = %2$s of the instance, which restarts it"),
  /** Azure Database for PostgreSQL, Flexible Server. */
  AZURE(
      "azure_pg_admin",
      "the server's administrator (a member of azure_pg_admin)",
      "the server parameter %1$s = %2$s, and a restart of the server");

  private final String tellTale;
  private final String administrator;
  private final String setting;

  Flavor(String tellTale, String administrator, String setting) {
    this.tellTale = tellTale;
    this.administrator = administrator;
    this.setting = setting;
  }

  /** By the roles that only that service has. */
  static Flavor of(Collection<String> roles) {
    for (Flavor flavor : values()) {
      if (roles.contains(flavor.tellTale)) {
        return flavor;
      }
    }
    return PLAIN;
  }

  /** Who can run the statements. */
  String administrator() {
    return administrator;
  }

  /** How a server comes to log what can be decoded. */
  String walLevelLogical() {
    return switch (this) {
      case RDS -> change("rds.logical_replication", "1");
      case CLOUDSQL -> change("cloudsql.logical_decoding", "on");
      case PLAIN, AZURE -> change("wal_level", "logical");
    };
  }

  /** How a setting is changed that only counts after a restart. */
  String change(String name, String value) {
    return setting.formatted(name, value);
  }

  String giveReplication(String role) {
    return this == RDS
        ? "GRANT rds_replication TO " + Sql.identifier(role) + ";"
        : "ALTER ROLE " + Sql.identifier(role) + " REPLICATION;";
  }

  String whyReplication() {
    return switch (this) {
      case PLAIN -> "to read the log through a slot; it is no right to read or write any table";
      case RDS ->
          "to read the log through a slot; Amazon gives by this role what REPLICATION gives"
              + " elsewhere";
      case CLOUDSQL ->
          "to read the log through a slot; members of cloudsqlsuperuser may give it, and it is no"
              + " right to read or write any table";
      case AZURE ->
          "to read the log through a slot; from PostgreSQL 16 on the administrator must have"
              + " REPLICATION itself to give it (ALTER ROLE CURRENT_USER REPLICATION)";
    };
  }
}
