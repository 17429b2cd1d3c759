package io.crossfk.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/**
 * What may import what. The judge must run the same in a test of a million interleavings, in the
 * listener and in another host: no clock, no thread, no chance, no I/O.
 */
@AnalyzeClasses(packages = "io.crossfk.rules", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String RULES = "io.crossfk.rules.";

  /** All that a pure package may use of the JDK. */
  private static final String[] PURE = {
    "java.lang",
    "java.lang.annotation",
    "java.lang.invoke",
    "java.lang.runtime",
    "java.math",
    "java.nio.charset",
    "java.time",
    "java.util",
    "java.util.function",
    "java.util.stream",
    "org.jspecify.annotations",
  };

  private static final Set<String> CLOCKS_AND_CHANCE =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.lang.System.identityHashCode",
          "java.lang.Math.random",
          "java.util.UUID.randomUUID",
          "java.util.Collections.shuffle");

  private static final Set<String> IMPURE_CLASSES =
      Set.of(
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.Runtime",
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.util.Date",
          "java.util.Random",
          "java.util.Scanner",
          "java.util.SplittableRandom",
          "java.util.Timer");

  @ArchTest static final ArchRule KEYS_STAND_ALONE = only("key", "key");

  @ArchTest static final ArchRule THE_MODEL_KNOWS_KEYS = only("model", "model", "key");

  @ArchTest static final ArchRule CHANGES_KNOW_THE_MODEL = only("change", "change", "model", "key");

  @ArchTest
  static final ArchRule THE_JUDGE_STANDS_ON_ALL_BUT_TEXT =
      only("judge", "judge", "change", "model", "key");

  @ArchTest
  static final ArchRule TEXT_WRITES_THE_MODEL_AND_KNOWS_NO_MORE =
      noClasses()
          .that()
          .resideInAPackage(RULES + "text..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(RULES + "key..", RULES + "change..", RULES + "judge..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_TEXT_READS_YAML_AND_JSON =
      noClasses()
          .that()
          .resideOutsideOfPackage(RULES + "text..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("tools.jackson..", "com.fasterxml..", "com.networknt..");

  @ArchTest
  static final ArchRule NOTHING_TOUCHES_A_DATABASE_OR_THE_NETWORK =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "javax.sql..", "java.net.http..");

  @ArchTest
  static final ArchRule PURE_PACKAGES_ASK_NO_CLOCK_AND_NO_DICE =
      noClasses()
          .that()
          .resideOutsideOfPackage(RULES + "text..")
          .should()
          .accessTargetWhere(asksAClockOrDice())
          .because("time comes to the judge as an event, and one seed replays all of it");

  @ArchTest
  static final ArchRule PURE_PACKAGES_HAVE_NO_THREADS =
      noClasses()
          .that()
          .resideOutsideOfPackage(RULES + "text..")
          .should()
          .dependOnClassesThat(
              DescribedPredicate.describe(
                  "are threads, processes or sources of chance",
                  (JavaClass type) -> IMPURE_CLASSES.contains(type.getName())))
          .because("one thread owns one judge, and it is the host's");

  private static ArchRule only(String of, String... packages) {
    String[] allowed = new String[packages.length + PURE.length];
    for (int i = 0; i < packages.length; i++) {
      allowed[i] = RULES + packages[i] + "..";
    }
    System.arraycopy(PURE, 0, allowed, packages.length, PURE.length);
    return classes()
        .that()
        .resideInAPackage(RULES + of + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed);
  }

  private static DescribedPredicate<JavaAccess<?>> asksAClockOrDice() {
    return DescribedPredicate.describe(
        "it reads a clock, the environment or chance",
        access -> {
          String owner = access.getTargetOwner().getName();
          String name = access.getTarget().getName();
          return CLOCKS_AND_CHANCE.contains(owner + "." + name)
              || (owner.startsWith("java.time.") && name.equals("now"))
              || (owner.equals("java.time.Clock") && !name.equals("<init>"));
        });
  }
}
