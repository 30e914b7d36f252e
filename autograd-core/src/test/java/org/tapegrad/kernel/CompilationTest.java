package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Elementary functions give the same bits interpreted, compiled by C1 and compiled by C2, and C2
 * boxes no vector, although the loops have served short arrays and long ones in turn.
 */
class CompilationTest {
  private static final int N = 8195;
  private static final List<Unary> FUNCTIONS =
      List.of(Unary.EXP, Unary.LOG, Unary.TANH, Unary.SIGMOID, Unary.SOFTPLUS);

  /** A function of one kernel, and where its results go. */
  private record Subject<A>(Precision<A> precision, Elementwise<A> kernel, Unary op, A x, A y) {
    static <A> void addAll(List<Subject<?>> to, Precision<A> precision, Elementwise<A> kernel) {
      double[] x = Precision.normal(new Random(4), N);
      for (int i = 0; i < N; i++) {
        x[i] *= i % 3 == 0 ? 1 : i % 3 == 1 ? 1e-3 : 40;
      }
      for (Unary op : FUNCTIONS) {
        to.add(new Subject<>(precision, kernel, op, precision.from(x), precision.from(x)));
      }
    }

    void run(int n) {
      kernel.unary(op, x, y, 0, n);
    }

    /** Not a number of one kernel alone: plain and vector kernels give the same. */
    @Override
    public String toString() {
      return precision + " " + op + " " + Arrays.hashCode(precision.toDoubles(y));
    }
  }

  private static List<Subject<?>> subjects() {
    List<Subject<?>> subjects = new ArrayList<>();
    Subject.addAll(subjects, Precision.F64, new PlainElementwiseF64());
    Subject.addAll(subjects, Precision.F32, new PlainElementwiseF32());
    Subject.addAll(subjects, Precision.F64, new VectorElementwiseF64());
    Subject.addAll(subjects, Precision.F32, new VectorElementwiseF32());
    return subjects;
  }

  /** Prints the results after some rounds over all functions, and whether the last one boxed. */
  public static void main(String[] args) {
    List<Subject<?>> subjects = subjects();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + 120_000_000_000L;
    long allocated = Long.MAX_VALUE;
    for (int round = 0; round < Integer.parseInt(args[0]); round++) {
      for (int n : new int[] {64, N}) {
        long before = threads.getCurrentThreadAllocatedBytes();
        subjects.forEach(s -> s.run(n));
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      if (allocated < 16 * N && round > 2000 || System.nanoTime() > end) {
        break;
      }
    }
    subjects.forEach(System.out::println);
    System.out.println(allocated < 16 * N ? "nothing is boxed" : allocated + " bytes");
  }

  private static List<String> forked(String option, int rounds)
      throws IOException, InterruptedException {
    String classPath = System.getProperty("java.class.path");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                option,
                "-cp",
                System.getProperty("surefire.test.class.path", classPath),
                CompilationTest.class.getName(),
                String.valueOf(rounds))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out.lines().toList();
  }

  @ParameterizedTest
  @CsvSource({"-Xint,1", "-XX:TieredStopAtLevel=1,10", "-XX:+TieredCompilation,1000000"})
  void bitsAreThoseOfThisProcess(String option, int rounds) throws Exception {
    assumeTrue(Kernels.VECTORIZED, "the vector module is absent");
    List<Subject<?>> here = subjects();
    here.forEach(s -> s.run(N));
    List<String> there = forked(option, rounds);
    assertEquals(here.stream().map(Subject::toString).toList(), there.subList(0, here.size()));
    if (rounds > 1000) {
      assertEquals("nothing is boxed", there.get(here.size()));
    }
  }

  @Test
  void plainAndVectorKernelsAgree() {
    assumeTrue(Kernels.VECTORIZED, "the vector module is absent");
    List<Subject<?>> subjects = subjects();
    subjects.forEach(s -> s.run(N));
    List<String> results = subjects.stream().map(Subject::toString).toList();
    int half = results.size() / 2;
    assertTrue(results.subList(0, half).equals(results.subList(half, 2 * half)), "" + results);
  }
}
