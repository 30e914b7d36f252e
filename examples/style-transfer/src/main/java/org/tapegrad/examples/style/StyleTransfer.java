package org.tapegrad.examples.style;

import java.util.concurrent.Callable;
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
    subcommands = {TrainCommand.class, ApplyCommand.class},
    mixinStandardHelpOptions = true,
    version = "style-transfer 0.1",
    sortOptions = false,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:all went well",
      "1:training failed: the loss did not fall by half, or was no longer a number",
      "2:wrong command line",
      "3:a file is missing, unreadable, too small, or cannot be written",
      "4:not a model of this program, or one of another architecture"
    })
public final class StyleTransfer implements Callable<Integer> {

  /** Runs the command line and exits with its code. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new StyleTransfer())
        .setExecutionExceptionHandler(StyleTransfer::report)
        .setParameterExceptionHandler(StyleTransfer::misused);
  }

  /** No command: train with every default. */
  @Override
  public Integer call() {
    return commandLine().execute("train");
  }

  private static int report(Exception e, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (e instanceof Failure failure) {
      command.getErr().println("error: " + failure.getMessage());
      return failure.exitCode();
    }
    throw e;
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String what = e.getMessage().lines().findFirst().orElse("wrong command line");
    command
        .getErr()
        .println(
            "error: " + what + " (see " + command.getCommandSpec().qualifiedName() + " --help)");
    return ExitCode.USAGE;
  }
}
