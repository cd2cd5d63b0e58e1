package io.scratchvm.vmm;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of {@code docs/architecture.md}, "The engine's rooms". */
class ArchitectureTest {
    private static final String ROOT = "io.scratchvm.vmm";

    private static JavaClasses engine;

    @BeforeAll
    static void readClasses() {
        engine = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(ROOT);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(engine);
    }

    @Test
    void nothingBelowTheRootKnowsTheRoot() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(engine);
    }

    @Test
    void everyRoomKnowsOnlyItsNeighbours() {
        room("api");
        room("cpu.state", "api");
        room("cpu.decode");
        room("cpu", "cpu.state");
        room("memory", "cpu.state", "api");
        room("cpu.floatingpoint");
        room("cpu.semantics", "cpu.floatingpoint", "cpu.state", "memory");
        room("cpu.interpreter", "cpu", "cpu.decode", "cpu.floatingpoint", "cpu.semantics", "cpu.state", "memory");
        room("host", "api");
        room("device", "memory", "host", "api");
        room("elf", "api");
        room("linux.abi", "cpu.state", "memory", "host", "api");
        room("linux.file", "linux.abi", "device", "host", "api");
        room("linux.mm", "linux.abi", "linux.file", "cpu.state", "memory", "host", "api");
        room("linux.fs", "linux.abi", "linux.file", "linux.mm", "cpu.state", "memory", "device", "host", "api");
        room("linux.loader", "linux.abi", "linux.mm", "cpu.state", "memory", "elf", "host", "api");
        room(
                "linux.signal",
                "linux.abi",
                "linux.mm",
                "linux.loader",
                "cpu.semantics",
                "cpu.state",
                "memory",
                "device",
                "api");
        room(
                "linux",
                "linux.abi",
                "linux.file",
                "linux.fs",
                "linux.mm",
                "linux.loader",
                "linux.signal",
                "cpu.semantics",
                "cpu.state",
                "memory",
                "device",
                "elf",
                "host",
                "api");
        room("image", "cpu.state", "memory", "device", "elf", "linux..", "host", "api");
        room("migration", "image", "memory", "linux", "linux.file", "host", "api");
    }

    private static void room(String name, String... neighbours) {
        String[] known = new String[neighbours.length + 4];
        known[0] = ROOT + "." + name;
        known[1] = "java..";
        known[2] = "javax.crypto..";
        known[3] = "javax.net..";
        for (int i = 0; i < neighbours.length; i++) {
            known[i + 4] = ROOT + "." + neighbours[i];
        }
        classes()
                .that()
                .resideInAPackage(ROOT + "." + name)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(known).or(new DescribedPredicate<>("primitive arrays") {
                    @Override
                    public boolean test(JavaClass type) {
                        return type.getBaseComponentType().isPrimitive();
                    }
                }))
                .check(engine);
    }

    @Test
    void thePublicApiShowsNoInternalType() {
        Set<String> shown = Set.of(ROOT, ROOT + ".api");
        methods()
                .that()
                .areDeclaredInClassesThat(resideInAnyPackage(ROOT, ROOT + ".api"))
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .and()
                .arePublic()
                .should(new ArchCondition<>("show only types of the JDK and of the public API") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        method.getAllInvolvedRawTypes().stream()
                                .map(JavaClass::getBaseComponentType)
                                .filter(type -> type.getPackageName().startsWith(ROOT))
                                .filter(type -> !shown.contains(type.getPackageName()))
                                .forEach(type -> events.add(SimpleConditionEvent.violated(
                                        method, method.getFullName() + " shows " + type.getName())));
                    }
                })
                .check(engine);
    }

    @Test
    void theEngineHasNoStaticMutableState() {
        classes()
                .that(not(resideInAPackage("java..")))
                .should(new ArchCondition<>("have only final static fields") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        for (JavaField field : type.getFields()) {
                            Set<JavaModifier> modifiers = field.getModifiers();
                            if (modifiers.contains(JavaModifier.STATIC)
                                    && !modifiers.contains(JavaModifier.FINAL)
                                    && !modifiers.contains(JavaModifier.SYNTHETIC)) {
                                events.add(SimpleConditionEvent.violated(field, field.getFullName() + " can change"));
                            }
                        }
                    }
                })
                .check(engine);
    }

    @Test
    void theEngineKnowsNoTerminalAndNoLoggingFramework() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        List.of("org.slf4j..", "java.util.logging..").toArray(String[]::new))
                .check(engine);
    }

    /** HotSpot never compiles a method of more than 8,000 bytecodes, which then runs 50 times slower. */
    @Test
    void everyMethodIsSmallEnoughForHotSpot() {
        List<String> files = new ArrayList<>();
        for (JavaClass type : engine) {
            type.getSource()
                    .ifPresent(source -> files.add(Path.of(source.getUri()).toString()));
        }
        StringWriter listing = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("-c", "-p"));
        arguments.addAll(files);
        ToolProvider.findFirst("javap")
                .orElseThrow()
                .run(new PrintWriter(listing), new PrintWriter(Writer.nullWriter()), arguments.toArray(String[]::new));

        Pattern bytecode = Pattern.compile("^ +([0-9]+): [a-z]");
        List<String> huge = new ArrayList<>();
        String method = "";
        int seen = 0;
        for (String line : listing.toString().lines().toList()) {
            Matcher matcher = bytecode.matcher(line);
            if (!matcher.find()) {
                method = line.endsWith(";") ? line : method;
            } else {
                seen++;
                if (Integer.parseInt(matcher.group(1)) >= 8000
                        && !method.contains("static {}")
                        && !huge.contains(method)) {
                    huge.add(method);
                }
            }
        }
        assertThat(seen).as("bytecodes listed").isGreaterThan(1000);
        assertThat(huge).isEmpty();
    }
}
