package org.tapegrad.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.tapegrad.array.DType;

/** What times depend on beside the program. */
record Machine(String processor, int threads, int jdk, String kernels) {

  static Machine current() {
    return new Machine(
        modelName(),
        ForkJoinPool.getCommonPoolParallelism() + 1,
        Runtime.version().feature(),
        DType.kernelSet());
  }

  /** The model's name where the system tells it (Linux), else the architecture. */
  private static String modelName() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  /** The commit of the folder that the program runs in, as {@code git describe} names it. */
  static String commit() {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String name = new String(git.getInputStream().readAllBytes()).strip();
      return name.isEmpty() ? "unknown" : name;
    } catch (IOException e) { // no git
      return "unknown";
    }
  }

  @Override
  public String toString() {
    return "%s, %d threads, JDK %d, kernels: %s".formatted(processor, threads, jdk, kernels);
  }
}
