package org.tapegrad.examples.spark;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.tapegrad.examples.style.Failure;
import picocli.CommandLine.Option;

/** Spark, as the options of a command say, from its first use until it is closed. */
final class Cluster implements AutoCloseable {
  /**
   * Spark failed: no executor, executors that would compute other bits, a job that was given up.
   */
  static final int SPARK = 6;

  private static final String MASTER = "spark.master";
  private static final String JAVA_OPTIONS = "spark.executor.extraJavaOptions";

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "where Spark runs: spark://HOST:PORT, k8s://..., yarn, or on this machine"
              + " local-cluster[N,CORES,MB] for N executors (default: what spark-submit says, or"
              + " local-cluster[2,1,1024])")
  private String master;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "a property of Spark, as for spark-submit")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "so long it is waited for an executor (default: 60)")
  private int seconds = 60;

  private JavaSparkContext context;

  /** With default options. */
  Cluster() {}

  /** So many executors on this machine, of one core each. */
  Cluster(int executors) {
    master = "local-cluster[%d,1,1024]".formatted(executors);
  }

  /** Spark with an executor at least; of those on this machine with all. */
  JavaSparkContext context() {
    if (context == null) {
      SparkConf conf = conf();
      try {
        context = new JavaSparkContext(conf);
      } catch (RuntimeException e) {
        throw new Failure(SPARK, "Spark does not start at %s: %s".formatted(url(conf), line(e)), e);
      }
      awaitExecutors(url(conf));
    }
    return context;
  }

  private static String url(SparkConf conf) {
    return conf.get(MASTER);
  }

  private SparkConf conf() {
    SparkConf conf = new SparkConf().setAppName("tapegrad");
    conf.setIfMissing("spark.ui.enabled", "false");
    if (master != null) {
      conf.setMaster(master);
    }
    conf.setIfMissing(MASTER, "local-cluster[2,1,1024]");
    int[] local = localCluster(url(conf));
    if (local != null) {
      String paths = System.getProperty("java.class.path");
      conf.set(
          "spark.executor.extraClassPath",
          Arrays.stream(paths.split(File.pathSeparator))
              .map(path -> Path.of(path).toAbsolutePath().toString())
              .collect(Collectors.joining(File.pathSeparator)));
      conf.set("spark.executor.memory", local[2] + "m");
      // a core for each, although all see those of the machine
      conf.set(
          JAVA_OPTIONS,
          "--add-modules jdk.incubator.vector -XX:ActiveProcessorCount=%d".formatted(local[1]));
    }
    properties.forEach(conf::set);
    return conf;
  }

  /** Executors, cores of each and megabytes of each, or null for another master. */
  private static int[] localCluster(String url) {
    if (!url.matches("local-cluster\\[\\d+,\\d+,\\d+]")) {
      return null;
    }
    return Arrays.stream(url.substring(url.indexOf('[') + 1, url.length() - 1).split(","))
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  private void awaitExecutors(String url) {
    int[] local = localCluster(url);
    int wanted = local == null ? 1 : local[0];
    if (url.matches("local(\\[.*])?")) {
      return;
    }
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (executors() < wanted) {
      if (System.nanoTime() > end || context.sc().isStopped()) {
        throw new Failure(
            SPARK,
            "no executor at %s within %d s: is there a worker with the cores and memory that are"
                    .formatted(url, seconds)
                + " asked for?");
      }
      sleep();
    }
  }

  /** Those there are now; the driver is one of the infos. */
  int executors() {
    return context.sc().statusTracker().getExecutorInfos().length - 1;
  }

  private static void sleep() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first line of what went wrong. */
  static String line(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  @Override
  public void close() {
    if (context != null) {
      context.close();
      context = null;
    }
  }
}
