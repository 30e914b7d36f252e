package org.tapegrad.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The test vectors of ONNX's operators, computed with our public operations: nobody here wrote
 * them. Those that ask for what the library does not have are counted and listed, with the reason.
 */
class OnnxVectorsTest {
  private static final Path DIRECTORY = Path.of(System.getProperty("onnx.vectors"));
  private static final Path LIST = Path.of("target", "onnx-vectors.txt");
  private static final Map<String, Binding> BINDINGS = Binding.all();

  /** How many folders of libonnx-testdata 1.12.0-2 agree: none may drop out unnoticed. */
  private static final long AGREEING = 566;

  private static final Summary SUMMARY = new Summary();

  @TestFactory
  Stream<DynamicTest> everyFolder() throws IOException {
    if (!Files.isDirectory(DIRECTORY)) {
      fail(
          DIRECTORY
              + " does not exist: install Debian's libonnx-testdata, or name the folder that holds"
              + " node, simple, ... with -Donnx.vectors=FOLDER");
    }
    return Vector.all(DIRECTORY).stream()
        .map(v -> DynamicTest.dynamicTest(v.toString(), () -> run(v)));
  }

  @Test
  void whatIsNotOursIsStillNotOurs() throws Exception {
    assertEquals(Set.of(), NotOurs.contradicted(), "our library has these: bind them");
  }

  private static void run(Vector vector) {
    Set<String> conversions = new TreeSet<>();
    try {
      Model model = vector.model();
      Set<String> unbound = Vector.unbound(model, BINDINGS);
      Set<String> forgotten = new TreeSet<>(unbound);
      forgotten.removeAll(NotOurs.OPERATORS);
      if (!forgotten.isEmpty()) {
        fail("operators that are neither bound nor listed as not ours: " + forgotten);
      }
      if (!unbound.isEmpty()) {
        throw new OutsideException(Summary.NO_OPERATOR + String.join(" + ", unbound));
      }
      vector.check(model, BINDINGS, conversions::add);
    } catch (OutsideException outside) {
      SUMMARY.outside(vector, outside.getMessage());
      Assumptions.abort(outside.getMessage());
    } catch (AssertionError | RuntimeException | IOException failure) {
      throw new AssertionError(vector + ": " + failure.getMessage(), failure);
    }
    SUMMARY.passed(vector, conversions);
  }

  @AfterAll
  static void summary() throws IOException {
    System.out.println("Test vectors of ONNX in " + DIRECTORY);
    System.out.print(SUMMARY);
    System.out.println("  every folder with its reasons: autograd-ops/" + LIST);
    Files.write(LIST, SUMMARY.list());
    assertTrue(
        SUMMARY.agreeing() >= AGREEING,
        () -> SUMMARY.agreeing() + " folders agree, it used to be " + AGREEING);
  }
}
