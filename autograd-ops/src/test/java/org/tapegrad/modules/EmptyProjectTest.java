package org.tapegrad.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The POM of the README in a project that has nothing else: its program runs, and a test of its is
 * run, not passed over.
 *
 * <p>The project's local repository is the one of this build, seen through links, but for Tapegrad
 * itself, of which it has what {@code mvn install} would put there. So nothing is fetched that is
 * there, and nothing is installed outside of a temporary folder.
 */
@EnabledIfSystemProperty(named = "tapegrad.ops.jar", matches = ".+")
class EmptyProjectTest {
  private static final Path ROOT = Path.of("..");

  @TempDir private Path folder;

  private Path project;
  private Path repository;

  @BeforeEach
  void makeProject() throws IOException {
    project = folder.resolve("project");
    write("pom.xml", found("autograd-ops/README.md", "```xml\\n(<project.*?)```"));
    write(
        "src/main/java/FirstExample.java",
        found("README.md", "```java\\n((?:(?!```).)*class FirstExample.*?)```"));
    write("src/test/java/FirstTest.java", FIRST_TEST);
    linkRepository();
    install("tapegrad", ROOT.resolve("pom.xml"), null);
    install("autograd-core", ROOT.resolve("autograd-core/pom.xml"), jar("autograd-core"));
    install("autograd-ops", Path.of("pom.xml"), Path.of(System.getProperty("tapegrad.ops.jar")));
  }

  private static final String FIRST_TEST =
      """
      import org.junit.jupiter.api.Test;
      import org.tapegrad.array.NdArray;
      import org.tapegrad.check.GradientCheck;
      import org.tapegrad.ops.Activations;

      class FirstTest {
        @Test
        void gradientIsRight() {
          GradientCheck.of(x -> Activations.tanh(x)).at(NdArray.of(1, 2, 3)).assertCorrect();
        }
      }
      """;

  private void write(String name, String text) throws IOException {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String found(String page, String pattern) throws IOException {
    Matcher m =
        Pattern.compile(pattern, Pattern.DOTALL).matcher(Files.readString(ROOT.resolve(page)));
    assertTrue(m.find(), page);
    return m.group(1);
  }

  private void linkRepository() throws IOException {
    Path ours = Path.of(System.getProperty("settings.localRepository"));
    repository = Files.createDirectories(folder.resolve("repository"));
    link(ours, repository, "org");
    Files.createDirectories(repository.resolve("org"));
    link(ours.resolve("org"), repository.resolve("org"), "tapegrad");
  }

  private static void link(Path from, Path to, String except) throws IOException {
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.filter(e -> !e.endsWith(except)).toList()) {
        Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
      }
    }
  }

  /** Links that lead out of the temporary folder, which JUnit would warn of. */
  @AfterEach
  void unlinkRepository() throws IOException {
    for (Path linked : List.of(repository, repository.resolve("org"))) {
      try (Stream<Path> entries = Files.list(linked)) {
        for (Path entry : entries.filter(Files::isSymbolicLink).toList()) {
          Files.delete(entry);
        }
      }
    }
  }

  private static Path jar(String module) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.matches(".*" + module + "[^/]*\\.jar"))
        .map(Path::of)
        .findFirst()
        .orElseThrow();
  }

  private void install(String artifact, Path pom, Path jar) throws IOException {
    String version = found("pom.xml", "<version>(.*?)</version>");
    Path place = repository.resolve("org/tapegrad").resolve(artifact).resolve(version);
    Files.createDirectories(place);
    Files.copy(pom, place.resolve(artifact + "-" + version + ".pom"));
    if (jar != null) {
      Files.copy(jar, place.resolve(artifact + "-" + version + ".jar"));
    }
  }

  private record Result(int exit, String out) {}

  /** Without the network if possible, else with the one that this build has. */
  private Result maven(String... arguments) throws Exception {
    Result offline = run("-o", arguments);
    return offline.exit != 0 && offline.out.contains("offline mode")
        ? run("-B", arguments)
        : offline;
  }

  private Result run(String first, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("maven.home"), "bin", "mvn").toString());
    command.addAll(List.of(first, "-ntp", "-Dmaven.repo.local=" + repository));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(project.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    File out = folder.resolve("out").toFile();
    int exit = builder.redirectErrorStream(true).redirectOutput(out).start().waitFor();
    return new Result(exit, command + "\n" + Files.readString(out.toPath()));
  }

  @Test
  void theProgramRunsAndTheTestIsRun() throws Exception {
    Result program = maven("-q", "compile", "exec:exec");
    assertEquals(0, program.exit, program.out);
    String printed = found("README.md", "```text\\n(v0 = .*?)```");
    assertTrue(program.out.contains(printed.strip()), program.out);

    Result test = maven("test");
    assertEquals(0, test.exit, test.out);
    assertTrue(test.out.contains("Tests run: 1, Failures: 0"), test.out);
  }

  @Test
  void theBillOfMaterialsNamesOurVersionsAndNoOthers() throws Exception {
    Path bom = ROOT.resolve("tapegrad-bom/target/.flattened-pom.xml");
    assumeTrue(Files.exists(bom), "the whole project is built");
    String managed = found(ROOT.relativize(bom).toString(), "(<dependencyManagement>.*)");
    assertEquals(Set.of("autograd-core", "autograd-ops"), versions(managed).keySet());
    install("tapegrad-bom", bom, null);
    String version = found("pom.xml", "(<version>.*?</version>)");
    String imported =
        """
          <dependencyManagement>
            <dependencies>
              <dependency>
                <groupId>org.tapegrad</groupId>
                <artifactId>tapegrad-bom</artifactId>
                %s
                <type>pom</type>
                <scope>import</scope>
              </dependency>
            </dependencies>
          </dependencyManagement>
        """
            .formatted(version);
    String pom = Files.readString(project.resolve("pom.xml"));
    String without = pom.replaceFirst("(autograd-ops</artifactId>)\\s*" + version, "$1");
    assertNotEquals(pom, without);
    write("pom.xml", without.replaceFirst("(?=  <dependencies>)", imported));
    Result program = maven("-q", "compile", "exec:exec");
    assertEquals(0, program.exit, program.out);
  }

  /** The README names the versions that this build uses. */
  @Test
  void versionsAreThoseOfThisBuild() throws IOException {
    String ours =
        Files.readString(ROOT.resolve("pom.xml"))
            .replace("${project.version}", found("pom.xml", "<version>(.*?)<"))
            .replace("${slf4j.version}", found("pom.xml", "<slf4j.version>(.*?)<"));
    String readme = found("autograd-ops/README.md", "```xml\\n<project.*?(<dependencies>.*?)```");
    Map<String, String> named = versions(readme);
    assertEquals(7, named.size(), named.toString());
    named.forEach((artifact, version) -> assertEquals(versions(ours).get(artifact), version));
  }

  private static Map<String, String> versions(String pom) {
    return Pattern.compile("<artifactId>(.*?)</artifactId>\\s*<version>(.*?)</version>")
        .matcher(pom)
        .results()
        .collect(Collectors.toMap(m -> m.group(1), m -> m.group(2)));
  }
}
