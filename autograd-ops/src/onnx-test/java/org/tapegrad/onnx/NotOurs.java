package org.tapegrad.onnx;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tapegrad.Tensor;
import org.tapegrad.ops.Activations;

/** Operators of ONNX that this library does not have: all others in the vectors must be bound. */
final class NotOurs {
  static final Set<String> OPERATORS =
      Set.of(
          """
          Acos Acosh Adagrad And ArgMax ArgMin Asin Asinh Atan Atanh Bernoulli BitShift
          BlackmanWindow Cast CastLike Ceil Compress ConcatFromSequence ConstantOfShape ConvInteger
          Cosh DFT DepthToSpace DequantizeLinear Det Dropout DynamicQuantizeLinear Einsum Equal
          EyeLike Floor GRU Gather GatherElements GatherND Greater GreaterOrEqual GridSample
          HammingWindow HannWindow Hardmax If IsInf IsNaN LRN LSTM Less LessOrEqual Loop
          MatMulInteger MaxUnpool MelWeightMatrix Mod NonMaxSuppression NonZero Not OneHot
          OptionalGetElement OptionalHasElement Or QLinearConv QLinearMatMul QuantizeLinear RNN
          RandomUniformLike Range ReverseSequence RoiAlign Round STFT Scan Scatter ScatterElements
          ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert
          SequenceLength SequenceMap Shape Shrink Sign Sinh Size Softsign SpaceToDepth
          SplitToSequence StringNormalizer Tan TfIdfVectorizer Tile TopK Trilu Unique Xor
          """
              .strip()
              .split("\\s+"));

  private NotOurs() {}

  /** Those that we do have, by the names of our operations. */
  static Set<String> contradicted() throws IOException, URISyntaxException {
    Set<String> names = new TreeSet<>();
    Path ops =
        Path.of(Activations.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve(Activations.class.getPackageName().replace('.', '/'));
    try (Stream<Path> files = Files.list(ops)) {
      for (String file : files.map(f -> f.getFileName().toString()).toList()) {
        names.addAll(operations(Activations.class.getPackageName() + "." + file.split("\\.")[0]));
      }
    }
    names.addAll(operations(Tensor.class.getName()));
    return OPERATORS.stream()
        .filter(op -> names.contains(op.toLowerCase(Locale.ROOT)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The public methods of a class that return a tensor. */
  private static Set<String> operations(String name) {
    try {
      return Arrays.stream(Class.forName(name).getDeclaredMethods())
          .filter(m -> Modifier.isPublic(m.getModifiers()) && m.getReturnType() == Tensor.class)
          .map(Method::getName)
          .map(n -> n.toLowerCase(Locale.ROOT))
          .collect(Collectors.toSet());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
