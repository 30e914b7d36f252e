package org.tapegrad.examples.gradientcheck;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.tapegrad.examples.launch.VectorModule;
import org.tapegrad.optable.OpCase;
import org.tapegrad.zoo.KillTable.Row;
import org.tapegrad.zoo.MutatedOp;
import org.tapegrad.zoo.MutatedOp.Regime;
import org.tapegrad.zoo.Zoo;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks every operation of the library, then the checker itself on the mutant zoo. */
@Command(
    name = "gradient-check",
    description = {
      "Checks the gradient of every public operation against finite differences,",
      "then the checker itself on sixty gradients known to be wrong.",
      "Exit code 1 if an operation is not correct, a mutant survives or a correct gradient is"
          + " accused."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
  @Option(
      names = "--ops",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Only operations whose name contains TEXT.")
  private String filter;

  @Option(
      names = "--zoo",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Only mutants of operations whose name contains TEXT.")
  private String mutated;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also write the results as a page with plots of error against step.")
  private Path html;

  @Option(
      names = "--mutant-seeds",
      paramLabel = "N",
      defaultValue = "2",
      description = "Random inputs per mutant (default: ${DEFAULT-VALUE}).")
  private int mutantSeeds;

  @Option(
      names = "--correct-seeds",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Random inputs per correct gradient in search of false alarms (default:"
              + " ${DEFAULT-VALUE}).")
  private int correctSeeds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "11",
      description = "Start of the operations' random inputs (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Spec private CommandSpec spec;

  private final List<String> surprises = new ArrayList<>();
  private PrintWriter out;

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    VectorModule.require(Main.class, List.of(), args);
    CommandLine command = new CommandLine(new Main());
    command.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    System.exit(command.execute(args));
  }

  @Override
  public Integer call() throws IOException {
    out = spec.commandLine().getOut();
    if (mutantSeeds < 1 || correctSeeds < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--mutant-seeds and --correct-seeds must be at least 1");
    }
    List<OpResult> ops = checkOperations();
    List<ZooResult> zoo = visitZoo();
    out.println();
    surprises.forEach(s -> out.println("SURPRISE: " + s));
    out.println(surprises.isEmpty() ? "no surprise" : surprises.size() + " surprises");
    if (html != null) {
      Files.writeString(html, new HtmlPage(ops, zoo, surprises).toString());
      out.println("written: " + html.toAbsolutePath());
    }
    out.flush();
    return surprises.isEmpty() ? 0 : 1;
  }

  private List<OpResult> checkOperations() {
    List<OpResult> results = new ArrayList<>();
    out.println(OpResult.header());
    for (OpCase row : OpResult.rows()) {
      if (!row.toString().contains(filter)) {
        continue;
      }
      OpResult result = OpResult.of(row, seed);
      results.add(result);
      out.println(result.line());
      out.flush();
      if (result.isSurprise()) {
        surprises.add(row + ": " + result.report().verdict().summary());
        out.println(result.report());
      }
    }
    if (results.isEmpty()) {
      surprises.add("no operation's name contains \"" + filter + "\"");
    }
    double seconds = results.stream().mapToDouble(r -> r.report().seconds()).sum();
    long correct = results.stream().filter(r -> !r.isSurprise()).count();
    out.printf("%d of %d correct, %.1f s%n%n", correct, results.size(), seconds);
    return results;
  }

  private List<ZooResult> visitZoo() {
    List<ZooResult> results = new ArrayList<>();
    int killed = 0;
    int mutants = 0;
    int accused = 0;
    int correct = 0;
    out.println("Mutant zoo: wrong gradients called wrong, of the random inputs tried");
    for (MutatedOp op : Zoo.ops()) {
      if (!op.name().contains(mutated)) {
        continue;
      }
      List<Row> rows = new ArrayList<>();
      for (Regime regime : Regime.values()) {
        ZooResult result = ZooResult.of(op, regime, mutantSeeds, correctSeeds);
        results.add(result);
        surprises.addAll(result.surprises());
        rows.add(result.row());
        killed += result.row().killed();
        mutants += result.row().kills().length;
        accused += result.row().accused();
        correct += result.row().correctSeeds();
      }
      out.println(ZooText.of(rows));
      out.flush();
    }
    if (results.isEmpty()) {
      surprises.add("no operation of the zoo contains \"" + mutated + "\"");
    }
    out.printf(
        "total: %d of %d mutants killed with every one of %d seeds; correct gradients accused %d of"
            + " %d times%n",
        killed, mutants, mutantSeeds, accused, correct);
    return results;
  }
}
