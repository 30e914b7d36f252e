package org.tapegrad.examples.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.tapegrad.examples.style.Failure;
import org.tapegrad.examples.style.Painter;
import org.tapegrad.examples.style.PainterOptions;
import org.tapegrad.io.Safetensors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Repaints the photographs of a folder on Spark. */
@Command(
    name = "apply",
    description =
        "Repaints the photographs of a folder, one in each task. What is in OUT already is not done"
            + " again. Folders may be of any file system that Hadoop knows: hdfs://..., s3a://...",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ApplyCommand implements Callable<Integer> {
  private final Cluster cluster;

  @Spec private CommandSpec spec;

  @Mixin private PainterOptions options = new PainterOptions();

  @Parameters(index = "0", paramLabel = "IN", description = "a folder of photographs")
  private String in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "a folder for NAME.png of every photograph NAME, made if need be")
  private String out;

  ApplyCommand(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public Integer call() {
    Painter painter = options.painter();
    JavaSparkContext context = cluster.context();
    PrintWriter print = spec.commandLine().getOut();
    List<String> photographs;
    List<String> todo;
    try {
      Path from = new Path(in);
      photographs = photographs(from.getFileSystem(context.hadoopConfiguration()), from);
      Path to = new Path(out);
      todo = missing(to.getFileSystem(context.hadoopConfiguration()), to, photographs);
    } catch (IOException | IllegalArgumentException e) { // an unknown scheme, no such host
      throw new Failure(Failure.FILE, "%s or %s: %s".formatted(in, out, Cluster.line(e)), e);
    }
    long start = System.nanoTime();
    List<String> failures = repaint(context, painter, todo);
    double seconds = (System.nanoTime() - start) / 1e9;
    PrintWriter err = spec.commandLine().getErr();
    failures.forEach(failure -> err.println(Safetensors.printable("error: " + failure)));
    int painted = todo.size() - failures.size();
    print.println(
        "%d repainted, %d were there, %d failed; %.1f s, %.2f photographs/s"
            .formatted(
                painted,
                photographs.size() - todo.size(),
                failures.size(),
                seconds,
                painted / seconds));
    print.flush();
    return failures.isEmpty() ? Failure.NONE : Failure.FILE;
  }

  /** The names of the photographs, in alphabetical order. */
  private List<String> photographs(FileSystem files, Path folder) throws IOException {
    if (!files.exists(folder) || !files.getFileStatus(folder).isDirectory()) {
      throw new Failure(Failure.FILE, in + ": no such folder");
    }
    List<String> names = new ArrayList<>();
    for (FileStatus file : files.listStatus(folder)) {
      String name = file.getPath().getName();
      if (file.isFile() && Painter.isPicture(name)) {
        names.add(name);
      }
    }
    if (names.isEmpty()) {
      throw new Failure(Failure.FILE, in + ": no picture in this folder");
    }
    names.sort(null);
    return names;
  }

  private static List<String> missing(FileSystem files, Path folder, List<String> names)
      throws IOException {
    files.mkdirs(folder);
    Set<String> there = new HashSet<>();
    for (FileStatus file : files.listStatus(folder)) {
      there.add(file.getPath().getName());
    }
    return names.stream().filter(name -> !there.contains(PaintTask.painted(name))).toList();
  }

  /** What went wrong, a line each. */
  private List<String> repaint(JavaSparkContext context, Painter painter, List<String> names) {
    if (names.isEmpty()) {
      return List.of();
    }
    PaintTask task =
        new PaintTask(
            context.broadcast(painter),
            context.broadcast(new SerializableConfiguration(context.hadoopConfiguration())),
            in,
            out,
            Machine.here());
    List<PaintTask.Result> results =
        Jobs.collect(() -> context.parallelize(names, names.size()).map(task));
    for (PaintTask.Result result : results) {
      if (result.exitCode() == Cluster.SPARK) {
        throw new Failure(Cluster.SPARK, result.failure());
      }
    }
    return results.stream()
        .map(PaintTask.Result::failure)
        .filter(failure -> failure != null)
        .toList();
  }
}
