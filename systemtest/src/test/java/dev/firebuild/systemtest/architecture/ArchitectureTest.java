package dev.firebuild.systemtest.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.firebuild.systemtest.harness.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows of {@code docs/arrows.txt} are all there are. */
class ArchitectureTest {
  private static final String ROOT = "dev.firebuild.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.firebuild");

  @TestFactory
  Stream<DynamicTest> packagesUseOnlyWhatTheyMay() throws IOException {
    Map<String, Set<String>> arrows = arrows();
    return arrows.entrySet().stream()
        .map(arrow ->
            DynamicTest.dynamicTest(
                arrow.getKey(), () -> check(arrow.getKey(), arrow.getValue(), arrows.keySet())));
  }

  @Test
  void everyPackageHasItsArrows() throws IOException {
    Set<String> known = arrows().keySet();

    assertThat(CLASSES)
        .allSatisfy(type -> assertThat(known).contains(node(type.getPackageName(), known)));
  }

  @Test
  void packagesOfAModuleHaveNoCycles() {
    slices().matching("dev.firebuild.(*)..").should().beFreeOfCycles().check(CLASSES);
    for (String module : Set.of("worker", "coordinator", "cli", "dockerfile", "protocol")) {
      slices()
          .matching(ROOT + module + ".(*)..")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void externalProgramsRunThroughOneClass() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            ROOT + "worker.host", // the one class
            ROOT + "broker", // the child that is the broker: tied to its parent's life by a pipe
            ROOT + "cli.node", // the children that inherit the terminal, and the background node
            ROOT + "systemtest..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ProcessBuilder.class)
        .orShould()
        .callMethod(Runtime.class, "exec", String[].class)
        .orShould()
        .callMethod(Runtime.class, "exec", String.class)
        .check(CLASSES);
  }

  @Test
  void whatDecidesKnowsNoKafka() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + "protocol..", ROOT + "coordinator.owner", ROOT + "simulation..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(CLASSES);
  }

  @Test
  void librariesDoNotPrint() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + "protocol..",
            ROOT + "dockerfile..",
            ROOT + "messaging..",
            ROOT + "coordinator..",
            ROOT + "worker..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    Set<String> marked =
        CLASSES.stream()
            .filter(type -> type.getSimpleName().equals("package-info"))
            .filter(type -> type.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
            .map(JavaClass::getPackageName)
            .collect(Collectors.toSet());

    assertThat(CLASSES).allSatisfy(type -> assertThat(marked).contains(type.getPackageName()));
  }

  private static void check(String from, Set<String> allowed, Set<String> all) {
    Set<String> self = new TreeSet<>(allowed);
    self.add(from);
    DescribedPredicate<JavaClass> forbidden =
        DescribedPredicate.describe(
            "lie below firebuild but in none of " + self,
            type ->
                type.getPackageName().startsWith(ROOT)
                    && self.stream().noneMatch(node(type.getPackageName(), all)::equals));
    classes()
        .that(
            DescribedPredicate.describe(
                "lie in " + from, type -> node(type.getPackageName(), all).equals(from)))
        .should()
        .onlyDependOnClassesThat(DescribedPredicate.not(forbidden))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  /** The longest known name that {@code packageName} begins with. */
  private static String node(String packageName, Set<String> known) {
    String name = packageName.startsWith(ROOT) ? packageName.substring(ROOT.length()) : packageName;
    while (!known.contains(name) && name.contains(".")) {
      name = name.substring(0, name.lastIndexOf('.'));
    }
    return name;
  }

  private static Map<String, Set<String>> arrows() throws IOException {
    Map<String, Set<String>> arrows = new TreeMap<>();
    for (String line :
        Files.readAllLines(Checkout.find().root().resolve("docs").resolve("arrows.txt"))) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] sides = line.split("->", 2);
      Set<String> targets =
          Arrays.stream(sides[1].strip().split("\\s+"))
              .filter(target -> !target.isEmpty())
              .collect(Collectors.toCollection(TreeSet::new));
      arrows.put(sides[0].strip(), targets);
    }
    return arrows;
  }
}
