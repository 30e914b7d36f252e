package org.tapegrad.examples.spark;

import java.util.concurrent.Callable;
import org.tapegrad.examples.style.Failure;
import org.tapegrad.examples.style.ImageGradients;
import org.tapegrad.examples.style.StepSum;
import org.tapegrad.examples.style.StyleTransfer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Trains and repaints as style-transfer does, on the machines of a Spark cluster. */
@Command(
    name = "spark",
    description =
        "Trains and repaints as style-transfer does, on Spark. Without a command: shows both on this"
            + " machine, with two executors, one of which is killed.",
    mixinStandardHelpOptions = true,
    version = "spark 0.1",
    sortOptions = false,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0 to 5:as of style-transfer",
      "6:Spark: no executor, executors that would compute other bits, or a job that was given up"
    })
public final class SparkStyle implements Callable<Integer> {
  /** What is said of the tasks of a job. */
  private static final class Tasks {
    @Option(
        names = "--partitions",
        paramLabel = "N",
        description =
            "tasks of a step, among which its --batch images are dealt out (default: one for each"
                + " core)")
    private Integer partitions;

    private final StepTimes times = new StepTimes();

    private StepSum on(Cluster cluster, ImageGradients images) {
      if (partitions != null && partitions < 1) {
        throw Failure.usage("--partitions must be at least 1, was " + partitions);
      }
      var context = cluster.context();
      int parts = partitions == null ? context.defaultParallelism() : partitions;
      return new SparkSum(context, images, parts, times);
    }
  }

  private SparkStyle() {}

  /** Runs the command line and exits with its code. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    System.exit(execute(args));
  }

  /** The exit code of a command line; Spark is closed at its end. */
  static int execute(String... args) {
    try (Cluster cluster = new Cluster()) {
      Tasks tasks = new Tasks();
      CommandLine train =
          new CommandLine(StyleTransfer.training(images -> tasks.on(cluster, images)));
      add(train, "cluster", cluster);
      add(train, "tasks", tasks);
      CommandLine apply = new CommandLine(new ApplyCommand(cluster));
      add(apply, "cluster", cluster);
      CommandLine program = new CommandLine(new SparkStyle());
      program.addSubcommand("train", train).addSubcommand("apply", apply);
      int exitCode = StyleTransfer.reporting(program).execute(args);
      if (!tasks.times.line().isEmpty()) {
        System.out.println(tasks.times.line());
      }
      return exitCode;
    }
  }

  private static void add(CommandLine command, String name, Object options) {
    command.getCommandSpec().addMixin(name, CommandSpec.forAnnotatedObject(options));
  }

  /** No command: the demonstration. */
  @Override
  public Integer call() {
    new Demonstration(System.out).run();
    return Failure.NONE;
  }
}
