package io.crossfk.listener;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What may import what: data flows one way (docs/protocol.md; the packages' own sentences). */
@AnalyzeClasses(
    packages = "io.crossfk.listener",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.crossfk.listener";

  @ArchTest
  static final ArchRule the_parts_stand_side_by_side =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".source..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT + ".lookup..", ROOT + ".feed..", ROOT + ".config..", ROOT + ".catalog..");

  @ArchTest
  static final ArchRule look_ups_know_no_other_part =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".lookup..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT + ".source..", ROOT + ".feed..", ROOT + ".config..", ROOT + ".catalog..");

  @ArchTest
  static final ArchRule the_feed_knows_no_other_part =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".feed..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT + ".source..", ROOT + ".lookup..", ROOT + ".config..", ROOT + ".catalog..");

  @ArchTest
  static final ArchRule configuration_and_catalogue_know_no_other_part =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".config..", ROOT + ".catalog..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + ".source..", ROOT + ".lookup..", ROOT + ".feed..");

  @ArchTest
  static final ArchRule set_up_knows_the_source_and_no_other_part =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".setup..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT,
              ROOT + ".lookup..",
              ROOT + ".feed..",
              ROOT + ".config..",
              ROOT + ".catalog..",
              ROOT + ".check..",
              ROOT + ".cli..",
              ROOT + ".demo..",
              "org.apache.kafka..");

  @ArchTest
  static final ArchRule the_line_runs_without_set_up =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + ".source..",
              ROOT + ".lookup..",
              ROOT + ".feed..",
              ROOT + ".config..",
              ROOT + ".catalog..",
              ROOT + ".check..",
              ROOT + ".demo..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + ".setup..");

  @ArchTest
  static final ArchRule nothing_in_the_line_knows_who_drives_it =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + ".source..",
              ROOT + ".lookup..",
              ROOT + ".feed..",
              ROOT + ".config..",
              ROOT + ".catalog..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT, ROOT + ".check..", ROOT + ".cli..", ROOT + ".demo..", ROOT + ".doctor..");

  @ArchTest
  static final ArchRule a_finding_is_a_value_that_knows_no_part =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".finding..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT,
              ROOT + ".source..",
              ROOT + ".lookup..",
              ROOT + ".feed..",
              ROOT + ".config..",
              ROOT + ".catalog..",
              ROOT + ".doctor..",
              ROOT + ".cli..",
              "java.sql..",
              "org.apache.kafka..");

  @ArchTest
  static final ArchRule the_doctor_asks_the_parts_and_speaks_no_wire_protocol =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".doctor..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.postgresql..",
              "org.apache.kafka..",
              ROOT,
              ROOT + ".check..",
              ROOT + ".config..",
              ROOT + ".cli..",
              ROOT + ".lookup..");

  @ArchTest
  static final ArchRule the_check_speaks_no_wire_protocol =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".check..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.postgresql..",
              "org.apache.kafka..",
              "java.sql..",
              ROOT,
              ROOT + ".config..",
              ROOT + ".cli..",
              ROOT + ".demo..",
              ROOT + ".source.postgres..",
              ROOT + ".lookup.postgres..");

  @ArchTest
  static final ArchRule only_the_demo_knows_the_sandbox =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".demo..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.crossfk.sandbox..");

  @ArchTest
  static final ArchRule no_circles = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();
}
