package org.tapegrad.examples.benchmarks;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.tapegrad.array.DType;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures this framework side by side with others in one process. */
@Command(
    name = "benchmarks",
    mixinStandardHelpOptions = true,
    description = {
      "Measures this framework, against PyTorch with -Ppeers, against ND4J with -Pnd4j.",
      "A ratio above 1 means that this framework is the faster one."
    })
public final class Benchmarks implements Callable<Integer> {
  @Option(
      names = "--only",
      description = "Run only groups whose name contains this, e.g. conv2d.",
      defaultValue = "")
  private String only;

  @Option(
      names = "--dtype",
      description = "float32 or float64; both if absent.",
      converter = DTypeConverter.class)
  private DType dtype;

  @Option(
      names = "--peer",
      description = "Class of an implementation to compare with.",
      hidden = true)
  private List<Class<? extends Implementation>> peerClasses = List.of();

  @Option(
      names = "--jmh",
      arity = "0..1",
      fallbackValue = "OperationBenchmark",
      description = "Run the single operations that match this pattern under JMH instead.")
  private String jmh;

  @Option(names = "--json", paramLabel = "FILE", description = "Also keep all times in a file.")
  private Path json;

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description = "Compare group by group with what --json kept of an earlier run.")
  private Path against;

  @Option(names = "--growth", description = "Also measure time and memory against size.")
  private boolean growth;

  /** Names of element types as the framework prints them. */
  static final class DTypeConverter implements CommandLine.ITypeConverter<DType> {
    @Override
    public DType convert(String name) {
      for (DType t : DType.values()) {
        if (t.toString().equals(name)) {
          return t;
        }
      }
      throw new CommandLine.TypeConversionException("expected float32 or float64, was " + name);
    }
  }

  /** Runs the benchmarks and ends the process: native libraries keep threads alive. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    System.exit(
        new CommandLine(new Benchmarks())
            .setExecutionExceptionHandler(Benchmarks::refused)
            .execute(args));
  }

  /** One line for a file that cannot be used. */
  private static int refused(Exception e, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (e instanceof NoSuchFileException) {
      command.getErr().println("error: " + e.getMessage() + ": no such file");
    } else if (e instanceof IOException || e instanceof IllegalArgumentException) {
      command.getErr().println("error: " + e.getMessage());
    } else {
      throw e;
    }
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public Integer call() throws ReflectiveOperationException, RunnerException, IOException {
    if (jmh != null) {
      new Runner(new OptionsBuilder().include(jmh).build()).run();
      return 0;
    }
    List<Implementation> peers = new ArrayList<>();
    for (Class<? extends Implementation> peer : peerClasses) {
      peers.add(peer.getConstructor().newInstance());
    }
    StoredRun earlier = against == null ? null : StoredRun.read(against);
    Machine machine = Machine.current();
    if (earlier != null) {
      earlier.requireMachine(machine);
    }
    System.out.println(machine);
    List<StoredRun.Row> rows = new ArrayList<>();
    for (DType type : dtype == null ? List.of(DType.FLOAT32, DType.FLOAT64) : List.of(dtype)) {
      List<Cases.Case> cases =
          Cases.all(type).stream().filter(c -> c.group().contains(only)).toList();
      rows.addAll(new ResultTable(type, peers, machine.threads()).run(cases));
    }
    StoredRun run = new StoredRun(machine, Machine.commit(), rows);
    if (json != null) {
      run.write(json);
    }
    if (earlier != null) {
      System.out.printf("%nagainst %s%n", earlier.commit());
      run.comparedWith(earlier).forEach(System.out::println);
    }
    if (growth) {
      Growth.run();
    }
    return 0;
  }
}
