package org.tapegrad.arguments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientAssert;
import org.tapegrad.check.TensorCheck;
import org.tapegrad.nn.Module;
import org.tapegrad.nn.Parameter;

/**
 * Every public method and constructor of every exported package, called with whatever its types
 * allow: it answers, or refuses by an exception that says so; none that tells of a place inside
 * reaches the caller. What calls return are the arguments of later ones (Pacheco, Lahiri, Ernst,
 * Ball 2007, "Feedback-directed random test generation").
 */
class EveryCallTest {
  private static final int ROUNDS = 100;

  /** For our own modules, and what a check reports: nobody but the check makes that. */
  private static final String NOT_FOR_USERS =
      ".*\\.kernel\\..*|.*\\.check\\.(?!GradientCheck|TensorCheck|GradientAssert).*";

  /** What refuses, and why; files and checks speak in sentences. */
  private static final Pattern NAMED = Pattern.compile("[^:]*: .+", Pattern.DOTALL);

  private final List<Executable> calls = new ArrayList<>();
  private final Map<String, Integer> answers = new TreeMap<>();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private final Map<String, String> bare = new TreeMap<>();
  private Supply supply;

  /** Registers what it is told to: the methods are there for subclasses only. */
  public static class OwnModule extends Module {
    public Parameter own(String name, NdArray initial) {
      return parameter(name, initial);
    }

    public NdArray ownBuffer(String name, NdArray initial) {
      return buffer(name, initial);
    }

    public Module own(String name, Module module) {
      return child(name, module);
    }

    @Override
    public Tensor forward(Tensor x) {
      return x;
    }
  }

  @Test
  void everyCallAnswersOrRefuses(@TempDir Path folder) throws IOException, URISyntaxException {
    supply = new Supply(5, folder);
    for (Class<?> c : publicTypes()) {
      Stream.concat(Arrays.stream(c.getConstructors()), Arrays.stream(c.getDeclaredMethods()))
          .filter(EveryCallTest::isForUsers)
          .sorted(Comparator.comparing(Object::toString))
          .forEach(calls::add);
      for (Field constant : c.getFields()) {
        if (constant.getDeclaringClass() == c && Modifier.isStatic(constant.getModifiers())) {
          supply.keep(constantOf(constant));
        }
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      calls.forEach(this::call);
    }
    assertEquals("", String.join("\n", bare.values()));
    Set<String> rarely = new TreeSet<>(calls.stream().map(EveryCallTest::name).toList());
    rarely.removeIf(n -> answers.getOrDefault(n, 0) + refusals.getOrDefault(n, 0) > ROUNDS / 2);
    assertEquals(Set.of(), rarely);
    assertTrue(calls.size() > 480, calls.size() + " methods and constructors");
    assertTrue(answers.size() > 440, answers.size() + " answer with a value");
    assertTrue(refusals.size() > 280, refusals.size() + " refuse");
    int made =
        Stream.of(answers, refusals).flatMap(m -> m.values().stream()).reduce(0, Integer::sum);
    assertTrue(made > 40_000, made + " calls");
  }

  /** Public types of both modules' exported packages, and those nested in them. */
  private static List<Class<?>> publicTypes() throws IOException, URISyntaxException {
    List<Class<?>> types = new ArrayList<>(List.of(OwnModule.class));
    for (Class<?> inModule : List.of(Tape.class, Module.class)) {
      Path place = Path.of(inModule.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(place)) {
        types.addAll(publicTypes(place));
      } else {
        try (FileSystem jar = FileSystems.newFileSystem(place)) {
          types.addAll(publicTypes(jar.getPath("/")));
        }
      }
    }
    return types;
  }

  private static List<Class<?>> publicTypes(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(f -> root.relativize(f).toString().replace(File.separatorChar, '.'))
          .filter(f -> f.matches("org\\.tapegrad\\..*\\.class") && !f.matches(NOT_FOR_USERS))
          .sorted()
          .<Class<?>>map(f -> loaded(f.substring(0, f.length() - ".class".length())))
          .filter(EveryCallTest::isPublic)
          .toList();
    }
  }

  private static boolean isPublic(Class<?> c) {
    return Modifier.isPublic(c.getModifiers())
        && !c.isInterface()
        && (c.getEnclosingClass() == null || isPublic(c.getEnclosingClass()));
  }

  private static Object constantOf(Field field) {
    try {
      return field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static Class<?> loaded(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  /** Types of the kernel package are for our own modules. */
  private static boolean isForUsers(Executable call) {
    return Modifier.isPublic(call.getModifiers())
        && !Modifier.isAbstract(call.getModifiers())
        && !call.isSynthetic()
        && !call.getName().equals("valueOf") // Java's own, of enumerations
        && !call.toString().contains("TapeExplorer.open(") // in the browser
        && Arrays.stream(call.getParameterTypes()).noneMatch(c -> c.getName().contains(".kernel."))
        && !(call instanceof Constructor<?> c
            && Modifier.isAbstract(c.getDeclaringClass().getModifiers()));
  }

  private void call(Executable call) {
    supply.nextCall();
    boolean needsReceiver = call instanceof Method && !Modifier.isStatic(call.getModifiers());
    Object receiver = needsReceiver ? supply.value(call.getDeclaringClass()) : null;
    if (needsReceiver && receiver == null) {
      return;
    }
    Object[] arguments =
        Arrays.stream(call.getGenericParameterTypes()).map(supply::argument).toArray();
    try {
      supply.keep(
          call instanceof Method m
              ? m.invoke(receiver, arguments)
              : ((Constructor<?>) call).newInstance(arguments));
      answers.merge(name(call), 1, Integer::sum);
    } catch (InvocationTargetException e) {
      if (isRefusal(e.getCause(), call)) {
        refusals.merge(name(call), 1, Integer::sum);
      } else {
        report(call, e.getCause(), arguments);
      }
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      throw new AssertionError(call + " " + Arrays.toString(arguments), e);
    }
  }

  private static boolean isRefusal(Throwable e, Executable call) {
    boolean kind =
        e instanceof IllegalArgumentException && !(e instanceof NumberFormatException)
            || e.getClass() == IllegalStateException.class
            || e instanceof IOException
            || e instanceof AssertionError
                && (call.getName().startsWith("assert")
                    || call.getDeclaringClass() == GradientAssert.class)
            || e instanceof ArithmeticException && call.getName().equals("requireFinite");
    boolean isText =
        e instanceof IOException
            || call.getDeclaringClass().getPackage() == TensorCheck.class.getPackage();
    return kind && (isText ? e.getMessage() != null : NAMED.matcher("" + e.getMessage()).matches());
  }

  private void report(Executable call, Throwable e, Object... arguments) {
    List<String> trace =
        Arrays.stream(e.getStackTrace())
            .map(String::valueOf)
            .filter(t -> t.contains("tapegrad"))
            .limit(3)
            .toList();
    String shown = Arrays.stream(arguments).map(EveryCallTest::shown).toList().toString();
    bare.putIfAbsent(
        name(call) + e.getClass() + trace.subList(0, Math.min(1, trace.size())),
        name(call) + " of " + shown + ": " + e + "\n  " + String.join("\n  ", trace));
  }

  private static String shown(Object argument) {
    return argument instanceof Tensor t
        ? t.value().describe()
        : argument instanceof NdArray a
            ? a.describe()
            : argument instanceof int[] i ? Arrays.toString(i) : ("" + argument).split("\n", 2)[0];
  }

  private static String name(Executable call) {
    String types =
        Arrays.stream(call.getGenericParameterTypes())
            .map(Supply::name)
            .collect(Collectors.joining(", "));
    String type = Supply.name(call.getDeclaringClass());
    return (call instanceof Method m ? type + "." + m.getName() : "new " + type)
        + "("
        + types
        + ")";
  }
}
