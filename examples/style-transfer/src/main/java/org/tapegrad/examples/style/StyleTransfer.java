package org.tapegrad.examples.style;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.tapegrad.examples.launch.VectorModule;
import org.tapegrad.io.Safetensors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;

/**
 * Trains a network to repaint photographs in the manner of a painting (Johnson et al. 2016, Ulyanov
 * et al. 2016), and repaints photographs with it. Without arguments it does both with the bundled
 * pictures.
 */
@Command(
    name = "style-transfer",
    description = "Repaints photographs in the manner of a painting. Without a command: train.",
    subcommands = {
      TrainCommand.class,
      ApplyCommand.class,
      OptimizeCommand.class,
      MeasureCommand.class,
      ExportCommand.class,
      DistilCommand.class
    },
    mixinStandardHelpOptions = true,
    version = "style-transfer 0.1",
    sortOptions = false,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:all went well",
      "1:training failed: the loss did not fall by half or was no longer a number, or the repainted"
          + " photograph has a grid, a border or clipped colours",
      "2:wrong command line",
      "3:a file is missing, unreadable, too small, or cannot be written",
      "4:not a model of this program, or one of another architecture",
      "5:something unforeseen, a mistake in the program",
      "129, 130, 143:stopped by SIGHUP, SIGINT, SIGTERM; train leaves a checkpoint,"
          + " optimize the best picture so far"
    })
public final class StyleTransfer implements Callable<Integer> {
  /**
   * Java's options for a command of a few seconds: kernels are compiled early and waited for, since
   * vectors that are not compiled cost many times what their compiler does.
   */
  private static final List<String> SHORT =
      List.of(
          "-XX:-BackgroundCompilation",
          "-XX:CompileCommand=quiet",
          "-XX:CompileCommand=CompileThresholdScaling,org.tapegrad.kernel.*::*,0.1");

  /** Java replaces by ? what a name on the command line has beside the locale's letters. */
  private static final String UNWRITABLE =
      "; if ? stands for a letter that this locale cannot write: LC_ALL=C.UTF-8 before the command";

  /** Runs the command line and exits with its code. */
  public static void main(String[] args) {
    boolean isShort = args.length > 0 && args[0].equals("apply");
    VectorModule.require(StyleTransfer.class, isShort ? SHORT : List.of(), args);
    System.setProperty("java.awt.headless", "true");
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return reporting(new CommandLine(new StyleTransfer()));
  }

  /**
   * The commands, each of which says in one line what went wrong, and ends with a code of these.
   */
  public static CommandLine reporting(CommandLine commands) {
    return commands
        .setExecutionStrategy(StyleTransfer::execute)
        .setParameterExceptionHandler(StyleTransfer::misused);
  }

  /**
   * The command train, its gradients computed elsewhere.
   *
   * @param where what computes them, given what they depend on
   */
  public static Object training(Function<ImageGradients, StepSum> where) {
    return new TrainCommand(where);
  }

  /** No command: train with every default. */
  @Override
  public Integer call() {
    return commandLine().execute("train");
  }

  /** One place for all that is thrown, errors included: one line and an exit code. */
  static int execute(CommandLine.ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (CommandLine.ExecutionException e) {
      return report(e.getCommandLine(), e.getCause() == null ? e : e.getCause());
    } catch (VirtualMachineError | LinkageError e) {
      return report(parsed.commandSpec().commandLine(), e);
    }
  }

  private static int report(CommandLine command, Throwable e) {
    Failure failure = Failure.of(e);
    String message = failure.getMessage();
    String locale = message.contains("?") && !isUnicode() ? UNWRITABLE : "";
    command.getErr().println(Safetensors.printable("error: " + message + locale));
    return failure.exitCode();
  }

  private static boolean isUnicode() {
    return System.getProperty("sun.jnu.encoding", "UTF-8").startsWith("UTF");
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String what = e.getMessage().lines().findFirst().orElse("wrong command line");
    String help = command.getCommandSpec().qualifiedName() + " --help";
    command.getErr().println(Safetensors.printable("error: %s (see %s)".formatted(what, help)));
    return ExitCode.USAGE;
  }
}
