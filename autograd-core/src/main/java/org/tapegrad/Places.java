package org.tapegrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.tapegrad.array.Shapes;

/** Where the nodes of a tape come from: their scopes and, if asked to, lines of the program. */
final class Places {
  private static final Set<String> LIBRARY =
      Set.of(
          "org.tapegrad",
          "org.tapegrad.array",
          "org.tapegrad.check",
          "org.tapegrad.kernel",
          "org.tapegrad.ops",
          "org.tapegrad.nn",
          "org.tapegrad.optim",
          "org.tapegrad.io");

  private static final StackWalker WALKER = StackWalker.getInstance();

  /** From which node on a path is the open one. */
  private record Change(int from, String path) {}

  private final List<Change> changes = new ArrayList<>();

  /** One a node, or null if nobody asked. */
  private final List<Optional<StackTraceElement>> locations;

  private String open = "";

  Places(boolean locating) {
    locations = locating ? new ArrayList<>() : null;
  }

  /** Opens a scope below the one that is open, for the nodes that are recorded from now on. */
  Tape.Scope open(String name, IntSupplier nodes) {
    if (Shapes.given("scope", "a name", name).isBlank()) {
      throw new IllegalArgumentException("scope: the name must not be blank");
    }
    String before = open;
    change(nodes, below(before, name));
    return () -> change(nodes, before);
  }

  private void change(IntSupplier nodes, String path) {
    changes.add(new Change(nodes.getAsInt(), path));
    open = path;
  }

  /** The path of a scope within an open one, which may already end with the path's beginning. */
  private static String below(String open, String name) {
    String[] steps = name.split("/");
    for (int shared = steps.length; shared > 0; shared--) {
      String start = String.join("/", Arrays.copyOf(steps, shared));
      if (("/" + open).endsWith("/" + start)) {
        return open + name.substring(start.length());
      }
    }
    return open.isEmpty() ? name : open + "/" + name;
  }

  /** Remembers the line of the program that records the next node. */
  void locate() {
    if (locations != null) {
      locations.add(WALKER.walk(Places::firstOfTheProgram));
    }
  }

  private static Optional<StackTraceElement> firstOfTheProgram(
      Stream<StackWalker.StackFrame> frames) {
    return frames
        .filter(f -> isOfTheProgram(f.getClassName()))
        .findFirst()
        .map(StackWalker.StackFrame::toStackTraceElement);
  }

  private static boolean isOfTheProgram(String className) {
    int dot = className.lastIndexOf('.');
    String place = dot < 0 ? "" : className.substring(0, dot);
    return !LIBRARY.contains(place) && !place.startsWith("java.");
  }

  /** The scope of each of the first nodes. */
  List<String> scopes(int nodes) {
    List<String> scopes = new ArrayList<>(nodes);
    String path = "";
    int next = 0;
    for (int i = 0; i < nodes; i++) {
      while (next < changes.size() && changes.get(next).from <= i) {
        path = changes.get(next++).path;
      }
      scopes.add(path);
    }
    return scopes;
  }

  Optional<StackTraceElement> location(int node) {
    return locations == null ? Optional.empty() : locations.get(node);
  }
}
