package org.tapegrad.examples.style;

import static org.tapegrad.ops.Activations.sigmoid;
import static org.tapegrad.ops.Concatenation.concat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.ConditionalInstanceNorm2d;
import org.tapegrad.nn.Conv2d;
import org.tapegrad.nn.Lambda;
import org.tapegrad.nn.Module;
import org.tapegrad.nn.Parameter;
import org.tapegrad.nn.Residual;
import org.tapegrad.nn.Sequential;
import org.tapegrad.ops.Upsampling;

/**
 * The network that repaints (Johnson et al. 2016, arXiv:1603.08155, with the instance normalisation
 * of Ulyanov et al. 2016, arXiv:1607.08022): down to a quarter of the size, residual blocks, and up
 * again by linear interpolation, which leaves less of a grid than nearest neighbours do. What was
 * seen on the way down is added on the way up (Ronneberger et al. 2015, arXiv:1505.04597), so that
 * fine brush strokes are learnt in hundreds of steps instead of tens of thousands. The last
 * convolution sees the photograph too, past the norms, which take away how light it is.
 *
 * <p>One network paints in many styles (Dumoulin et al. 2017, arXiv:1610.07629): they share the
 * convolutions, each has the gammas and betas of all norms for itself, and a mixture of those
 * paints in a mixture of styles.
 */
final class TransformerNetwork extends Module {
  /** What is written into model files, to tell networks apart. */
  static final String ARCHITECTURE =
      "16-32-64 channels, 3+1+1 residual blocks, skips, bilinear, tone, grain, styles";

  /** Height and width of what the network sees must be multiples of this. */
  static final int CELL = 4;

  private static final int WIDTH = 16;
  static final int BLOCKS = 3;

  /** Scales the first weights of the output, so that training begins with a nearly grey picture. */
  private static final double FIRST_OUTPUT = 0.1;

  private final List<String> styles;
  private final List<ConditionalInstanceNorm2d> norms = new ArrayList<>();
  private final SplittableRandom random;
  private double[] mixture;
  private final Sequential whole;
  private final Sequential half;
  private final Sequential quarter;
  private final Sequential toHalf;
  private final Sequential toWhole;
  private final Module output;

  /** A network with random weights, the same for the same seed; it paints in the first style. */
  TransformerNetwork(long seed, List<String> styles) {
    this.styles = List.copyOf(styles);
    random = new SplittableRandom(seed);
    whole = child("whole", block(4, WIDTH, 9, 1));
    half = child("half", block(WIDTH, 2 * WIDTH, 3, 2));
    quarter = child("quarter", block(2 * WIDTH, 4 * WIDTH, 3, 2));
    for (int i = 1; i <= BLOCKS; i++) {
      quarter.add("residual" + i, residual(4 * WIDTH));
    }
    toHalf = child("toHalf", up(4 * WIDTH, 2 * WIDTH));
    toWhole = child("toWhole", up(2 * WIDTH, WIDTH));
    output = child("output", convolution(WIDTH + 3, 3, 5, mirrored(5, 1)));
    output.parameters().forEach(p -> p.value().assign(p.value().times(FIRST_OUTPUT)));
    choose(0);
  }

  /** The names of the styles it paints in. */
  List<String> styles() {
    return styles;
  }

  /** Paints in one style from now on. */
  void choose(int style) {
    double[] parts = new double[styles.size()];
    parts[style] = 1;
    mix(parts);
  }

  /**
   * Paints in a mixture from now on.
   *
   * @param parts one of each style; they need not add up to 1
   */
  void mix(double... parts) {
    norms.forEach(norm -> norm.mix(parts));
    mixture = parts.clone();
  }

  /** What it paints in now, one part of each style. */
  double[] mixture() {
    return mixture.clone();
  }

  /** Gammas and betas [styles, C], which alone tell styles apart. */
  List<Parameter> styleParameters() {
    return norms.stream().flatMap(norm -> norm.parameters().stream()).toList();
  }

  /** This network and further styles, which begin as the mean of its own. */
  TransformerNetwork withStyles(List<String> more) {
    List<String> all = new ArrayList<>(styles);
    all.addAll(more);
    TransformerNetwork wider = new TransformerNetwork(0, all);
    double[] rows = new double[all.size() * styles.size()]; // of the identity, then of means
    for (int row = 0; row < all.size(); row++) {
      for (int style = 0; style < styles.size(); style++) {
        double own = row == style ? 1 : 0;
        rows[row * styles.size() + style] = row < styles.size() ? own : 1.0 / styles.size();
      }
    }
    NdArray extended = NdArray.of(rows, all.size(), styles.size()).to(DType.FLOAT32);
    Map<String, NdArray> state = new LinkedHashMap<>();
    state()
        .forEach((name, a) -> state.put(name, a.rank() == 2 ? extended.matmul(a) : a)); // a norm's
    wider.load(state);
    return wider;
  }

  /** {@link #forward(Tensor, long)} with the noise that finished pictures have. */
  @Override
  public Tensor forward(Tensor x) {
    return forward(x, 0);
  }

  /**
   * The repainted pictures, of the shape of x[N, 3, H, W] and in [0, 1] like it; H and W are
   * multiples of {@link #CELL}.
   *
   * @param noiseSeed the seed of {@link Noise}
   */
  Tensor forward(Tensor x, long noiseSeed) {
    Tensor photograph = x.minus(0.5);
    Tensor fine = whole.forward(concat(List.of(photograph, Noise.like(x, noiseSeed)), 1));
    Tensor middle = half.forward(fine);
    Tensor coarse = quarter.forward(middle);
    Tensor painted = climb(toWhole, climb(toHalf, coarse, middle), fine);
    return sigmoid(output.forward(concat(List.of(painted, photograph), 1)));
  }

  /** Twice as large, what was seen at that size added. */
  private static Tensor climb(Sequential up, Tensor coarse, Tensor seen) {
    Module convolved = up.children().get("block");
    Module refined = up.children().get("residual");
    return refined.forward(convolved.forward(Upsampling.upsampleBilinear(coarse, 2)).plus(seen));
  }

  private Sequential up(int in, int out) {
    return new Sequential().add("block", block(in, out, 3, 1)).add("residual", residual(out));
  }

  private Residual residual(int channels) {
    return new Residual()
        .add("block", block(channels, channels, 3, 1))
        .add("conv", convolution(channels, channels, 3, mirrored(3, 1).withBias(false)))
        .add("norm", norm(channels));
  }

  private Sequential block(int in, int out, int kernel, int stride) {
    return new Sequential()
        .add("conv", convolution(in, out, kernel, mirrored(kernel, stride).withBias(false)))
        .add("norm", norm(out))
        .add("relu", Lambda.relu());
  }

  private Module norm(int channels) {
    norms.add(new ConditionalInstanceNorm2d(DType.FLOAT32, styles.size(), channels));
    return norms.get(norms.size() - 1);
  }

  private Conv2d convolution(int in, int out, int kernel, Conv2d.Options options) {
    return new Conv2d(DType.FLOAT32, random, in, out, kernel, options);
  }

  /** Mirrored at the border: zeros there would be seen as dark edges. */
  static Conv2d.Options mirrored(int kernel, int stride) {
    return Conv2d.Options.DEFAULT
        .withStride(stride)
        .withPadding(kernel / 2, Conv2d.PaddingMode.REFLECT);
  }
}
