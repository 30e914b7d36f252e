package org.tapegrad.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A small program of a user's, compiled and run against the jars as they are packaged: on the
 * module path and on the class path, with and without the vector module.
 */
@EnabledIfSystemProperty(named = "tapegrad.ops.jar", matches = ".+")
class JarsTest {
  private static final String VECTOR = "jdk.incubator.vector";

  private static final String MODULE =
      """
      module user {
        requires org.tapegrad.ops;
      }
      """;

  private static final String PROGRAM =
      """
      package user;

      import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

      import org.tapegrad.Tape;
      import org.tapegrad.Tensor;
      import org.tapegrad.array.DType;
      import org.tapegrad.array.NdArray;
      import org.tapegrad.check.GradientCheck;
      import org.tapegrad.io.Safetensors;
      import org.tapegrad.nn.Lambda;
      import org.tapegrad.ops.Activations;
      import org.tapegrad.ops.LinearAlgebra;
      import org.tapegrad.optim.Adam;

      public class Main {
        public static void main(String[] args) {
          NdArray image = NdArray.of(new double[] {1, 2, 4, 9}, 1, 1, 2, 2);
          Tape tape = new Tape();
          Tensor x = tape.variable(image.to(DType.FLOAT32));
          Tensor y = instanceNorm2d(x, null, null).square().times(x).sum();
          System.out.printf("%.3f%n", tape.gradient(y, x).get(0, 0, 0, 0));
          GradientCheck.of(t -> Activations.erf(t)).at(image).assertCorrect();
          Tensor a = tape.constant(NdArray.of(new float[] {2, 0, 0, 4}, 2, 2));
          System.out.println(LinearAlgebra.inverse(a).value().get(1, 1));
          System.out.println(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
          System.out.println(Main.class.getModule().isNamed());
        }
      }
      """;

  @TempDir private Path folder;

  private Path source;

  @BeforeEach
  void writeProgram() throws IOException {
    source = Files.createDirectories(folder.resolve("user")).resolve("Main.java");
    Files.writeString(source, PROGRAM);
  }

  /** The jars of this project and what they need, but for what only tests use. */
  private static String jars() {
    List<String> path = new ArrayList<>(List.of(System.getProperty("tapegrad.ops.jar")));
    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(
            entry -> entry.matches(".*(autograd-core|ejml|slf4j-api|jackson|commons-numbers).*jar"))
        .forEach(path::add);
    assertTrue(path.stream().allMatch(jar -> Files.isRegularFile(Path.of(jar))), path.toString());
    assertTrue(path.stream().anyMatch(jar -> jar.contains("autograd-core")), path.toString());
    return String.join(File.pathSeparator, path);
  }

  private record Result(int exit, String out, String all) {}

  /** Runs a tool of the JDK that runs these tests. */
  private Result run(String tool, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    command.addAll(arguments);
    File out = folder.resolve("out").toFile();
    File err = folder.resolve("err").toFile();
    int exit = new ProcessBuilder(command).redirectOutput(out).redirectError(err).start().waitFor();
    String text = Files.readString(out.toPath());
    return new Result(exit, text, command + "\n" + text + Files.readString(err.toPath()));
  }

  private void compile(String pathOption, Path... sources) throws Exception {
    Result javac = javac(pathOption, sources);
    assertEquals(0, javac.exit, javac.all);
  }

  private Result javac(String pathOption, Path... sources) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(pathOption, jars(), "-d", classes()));
    Stream.of(sources).map(Path::toString).forEach(arguments::add);
    return run("javac", arguments);
  }

  private String classes() {
    return folder.resolve("classes").toString();
  }

  private void checkRuns(boolean vector, boolean named, String... arguments) throws Exception {
    List<String> all = new ArrayList<>();
    if (vector) {
      all.addAll(List.of("--add-modules", VECTOR));
    }
    all.addAll(List.of(arguments));
    Result java = run("java", all);
    assertEquals(0, java.exit, java.all);
    String printed = java.out.lines().collect(Collectors.joining(" "));
    assertEquals("2.338 0.25 " + vector + " " + named, printed, java.all);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onTheModulePath(boolean vector) throws Exception {
    Path module = Files.writeString(folder.resolve("module-info.java"), MODULE);
    compile("-p", source, module);
    checkRuns(vector, true, "-p", classes() + File.pathSeparator + jars(), "-m", "user/user.Main");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onTheClassPath(boolean vector) throws Exception {
    compile("-cp", source);
    checkRuns(vector, false, "-cp", classes() + File.pathSeparator + jars(), "user.Main");
  }

  @Test
  void kernelsAreNotExported() throws Exception {
    Path module = Files.writeString(folder.resolve("module-info.java"), MODULE);
    Files.writeString(source, PROGRAM.replace("check.GradientCheck", "kernel.Kernels"));
    Result javac = javac("-p", source, module);
    assertEquals(1, javac.exit, javac.all);
    assertTrue(javac.all.contains("does not export it to module user"), javac.all);
  }
}
