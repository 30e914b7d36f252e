package org.tapegrad.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.tapegrad.array.DType;

/** PyTorch's C++ library, called from this same process. */
public final class PyTorch implements Implementation {
  private static final TensorOptional NONE = new TensorOptional();
  private static final long[] UNIT = {1, 1};

  /** Loads the native libraries; unpacking them first avoids a crash with a cold cache. */
  public PyTorch() {
    try {
      for (String library : List.of("openblas", "pytorch")) {
        Loader.cacheResources("/org/bytedeco/" + library + "/" + Loader.getPlatform());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return "pytorch";
  }

  private static Tensor random(DType dtype, long... shape) {
    torch.ScalarType type =
        dtype == DType.FLOAT64 ? torch.ScalarType.Double : torch.ScalarType.Float;
    return torch.randn(shape, new TensorOptions(type));
  }

  private static Tensor variable(DType dtype, double scale, long... shape) {
    Tensor t = random(dtype, shape);
    t.mul_(new org.bytedeco.pytorch.Scalar(scale));
    return t.set_requires_grad(true);
  }

  private static Runnable scoped(Runnable work) {
    return () -> {
      try (PointerScope scope = new PointerScope()) {
        work.run();
      }
    };
  }

  private static void backward(Tensor y, Tensor seed, Tensor... xs) {
    torch.grad(
        new TensorVector(y),
        new TensorVector(xs),
        new TensorVector(seed),
        new BoolOptional(),
        false,
        false);
  }

  private static Tensor normalise(Tensor x, Tensor gamma, Tensor beta) {
    return torch.instance_norm(
        x, new TensorOptional(gamma), new TensorOptional(beta), NONE, NONE, true, 0.1, 1e-5, false);
  }

  @Override
  public Runnable instanceNorm(DType dtype, boolean backward, int n, int c, int h, int w) {
    Tensor x = variable(dtype, 1, n, c, h, w);
    Tensor gamma = variable(dtype, 1, c);
    Tensor beta = variable(dtype, 1, c);
    Tensor seed = random(dtype, n, c, h, w);
    return scoped(
        () -> {
          Tensor y = normalise(x, gamma, beta);
          if (backward) {
            backward(y, seed, x, gamma, beta);
          }
        });
  }

  @Override
  public Runnable convolution(DType dtype, ConvolutionCase s) {
    Tensor x = variable(dtype, 1, s.n(), s.cIn(), s.h(), s.h());
    Tensor weight = variable(dtype, 0.1, s.cOut(), s.cIn(), s.k(), s.k());
    Tensor bias = variable(dtype, 1, s.cOut());
    long[] stride = {s.stride(), s.stride()};
    long[] padding = {s.k() / 2, s.k() / 2};
    Tensor seed = random(dtype, s.n(), s.cOut(), s.outSize(), s.outSize());
    return scoped(
        () ->
            backward(
                torch.conv2d(x, weight, new TensorOptional(bias), stride, padding, UNIT, 1),
                seed,
                x,
                weight,
                bias));
  }

  @Override
  public Runnable matmul(DType dtype, int m, int n, int k) {
    Tensor a = random(dtype, m, k);
    Tensor b = random(dtype, k, n);
    return scoped(() -> torch.mm(a, b));
  }

  @Override
  public Runnable elementwise(DType dtype, int size) {
    Tensor x = variable(dtype, 1, size);
    Tensor y = variable(dtype, 1, size);
    Tensor one = torch.ones(new long[0], new TensorOptions(x.scalar_type()));
    return scoped(() -> backward(x.mul(y).add(x).tanh().mean(), one, x, y));
  }

  @Override
  public Runnable scalarChain(DType dtype, int length) {
    Tensor x = variable(dtype, 0, 1);
    x.detach().fill_(new org.bytedeco.pytorch.Scalar(1.0001));
    Tensor seed = torch.ones(new long[] {1}, new TensorOptions(x.scalar_type()));
    return scoped(
        () -> {
          Tensor y = x;
          for (int i = 0; i < length; i++) {
            y = y.mul(x);
          }
          backward(y, seed, x);
        });
  }

  @Override
  public Runnable johnsonStep(DType dtype, int batch, int size) {
    List<JohnsonNetwork.Layer> layers = JohnsonNetwork.layers();
    List<Tensor> parameters = new ArrayList<>();
    for (JohnsonNetwork.Layer l : layers) {
      parameters.add(variable(dtype, 0.05, l.out(), l.in(), l.kernel(), l.kernel()));
      parameters.add(variable(dtype, 1, l.out()));
      parameters.add(variable(dtype, 1, l.out()));
    }
    TensorVector all = new TensorVector(parameters.toArray(Tensor[]::new));
    Adam optimizer = new Adam(all, new AdamOptions(1e-3));
    Tensor x = random(dtype, batch, 3, size, size);
    Tensor target = random(dtype, batch, 3, size, size);
    return scoped(
        () -> {
          optimizer.zero_grad();
          torch.mse_loss(forward(layers, parameters, x), target).backward();
          optimizer.step();
        });
  }

  private static Tensor forward(List<JohnsonNetwork.Layer> layers, List<Tensor> p, Tensor x) {
    Tensor block = x;
    for (int i = 0; i < layers.size(); i++) {
      JohnsonNetwork.Layer l = layers.get(i);
      if (i + 1 < layers.size() && layers.get(i + 1).residual()) {
        block = x;
      }
      if (l.upsample() > 1) {
        long[] to = {x.size(2) * l.upsample(), x.size(3) * l.upsample()};
        x = torch.upsample_nearest2d(x, to, new DoubleOptional(), new DoubleOptional());
      }
      long pad = l.kernel() / 2;
      x = torch.reflection_pad2d(x, pad, pad, pad, pad);
      Tensor bias = p.get(3 * i + 2);
      TensorOptional convBias = l.last() ? new TensorOptional(bias) : NONE;
      long[] stride = {l.stride(), l.stride()};
      x = torch.conv2d(x, p.get(3 * i), convBias, stride, new long[] {0, 0}, UNIT, 1);
      if (l.last()) {
        return x.tanh();
      }
      x = normalise(x, p.get(3 * i + 1), bias);
      x = l.residual() ? x.add(block) : torch.relu(x);
    }
    return x;
  }
}
