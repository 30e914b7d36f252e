"""Arithmetic, activations, convolutions, paddings, resizing, pooling and losses: see generate.py."""

import torch
import torch.nn.functional as F

from generate import given, moved, uniform


def record(recorder):
    arithmetic(recorder)
    reductions(recorder)
    shapes(recorder)
    activations(recorder)
    convolutions(recorder)
    transposed_convolutions(recorder)
    paddings(recorder)
    resizing(recorder)
    pooling(recorder)
    losses(recorder)
    image_losses(recorder)


def arithmetic(r):
    binary = {"plus": torch.add, "minus": torch.sub, "times": torch.mul}
    for op, f in binary.items():
        r.op(op + "-broadcast", op, f_ab(f), {"a": (2, 1, 4), "b": (3, 1)})
        r.op(op + "-scalar", op, f_ab(f), {"a": (), "b": (2, 3)})
    r.op("dividedBy-broadcast", "dividedBy", f_ab(torch.div), {"a": (1, 3), "b": uniform(0.5, 2, 2, 2, 1)})
    r.op("dividedBy-negative", "dividedBy", f_ab(torch.div), {"a": (5,), "b": uniform(-3, -0.5, 5)})
    r.op("maximum-broadcast", "maximum", f_ab(torch.maximum), {"a": (2, 3), "b": (3,)})
    r.op("maximum-ties", "maximum", f_ab(torch.maximum), {"a": given(1, -2, 0, 3, 0), "b": given(1, -2, 0, 2, 4)},
         note="at a tie each side receives half of the gradient")
    unary = {"negate": torch.neg, "exp": torch.exp, "square": torch.square, "sin": torch.sin, "cos": torch.cos}
    for op, f in unary.items():
        r.op(op, op, f_x(f), {"x": (3, 5)})
    r.op("log", "log", f_x(torch.log), {"x": uniform(0.1, 3, 7)})
    r.op("sqrt", "sqrt", f_x(torch.sqrt), {"x": uniform(0.1, 3, 7)})
    r.op("abs-at-0", "abs", f_x(torch.abs), {"x": given(-1.5, -0.0, 0.0, 2.5)})
    for exponent in (2.0, 3.0, 0.5, -1.5, 1.0, 0.0):
        r.op("pow-%s" % exponent, "pow", lambda x, exponent: x ** exponent, {"x": uniform(0.2, 2, 5)}, exponent=exponent)
    for exponent in (2.0, 3.0, 1.0, 0.0):
        r.op("pow-%s-of-0" % exponent, "pow", lambda x, exponent: x ** exponent, {"x": given(-1.25, 0, 2)},
             exponent=exponent)
    r.op("pow-tensor", "powTensor", f_ab(torch.pow), {"a": uniform(0.2, 2, 2, 3), "b": (3,)})
    r.op("pow-tensor-base-0", "powTensor", f_ab(torch.pow), {"a": given(0, 0, 0, 1), "b": given(0, 1, 2, 0)},
         note="the gradient with respect to the exponent is 0 where the base is 0")
    r.op("matmul", "matmul", f_ab(torch.matmul), {"a": (3, 5), "b": (5, 2)})
    r.op("matmul-size-1", "matmul", f_ab(torch.matmul), {"a": (1, 1), "b": (1, 4)})
    r.op("matmul-batched", "matmul", f_ab(torch.matmul), {"a": (2, 3, 4), "b": (2, 4, 1)})
    r.op("matmul-batch-broadcast", "matmul", f_ab(torch.matmul), {"a": (2, 1, 3, 2), "b": (3, 2, 3)})
    r.op("matmul-float32", "matmul", f_ab(torch.matmul), {"a": (3, 7), "b": (7, 3)}, dtype="float32")
    r.op("linear", "linear", lambda x, weight, bias: F.linear(x, weight, bias),
         {"x": (3, 5), "weight": (2, 5), "bias": (2,)})
    r.op("linear-without-bias", "linear", lambda x, weight: F.linear(x, weight), {"x": (1, 4), "weight": (3, 4)})


def f_ab(function):
    return lambda a, b: function(a, b)


def f_x(function):
    return lambda x: function(x)


def reductions(r):
    for axes in ([0], [1], [-1], [0, 2], [0, 1, 2]):
        label = "-".join("last" if axis < 0 else str(axis) for axis in axes)
        r.op("sum-axes-" + label, "sum", lambda x, axes: x.sum(axes), {"x": (2, 3, 4)}, axes=axes)
        r.op("mean-axes-" + label, "mean", lambda x, axes: x.mean(axes), {"x": (2, 1, 5)}, axes=axes)
    r.op("sum-keep", "sumKeepDims", lambda x, axes: x.sum(axes, keepdim=True), {"x": (2, 3, 4)}, axes=[0, 2])
    r.op("mean-keep", "meanKeepDims", lambda x, axes: x.mean(axes, keepdim=True), {"x": (3, 1, 4)}, axes=[1, 2])
    r.op("sum-to", "sumTo", lambda x, shape: x.sum_to_size(shape), {"x": (2, 3, 4)}, shape=[3, 1])
    r.op("broadcast-to", "broadcastTo", lambda x, shape: x.broadcast_to(shape), {"x": (3, 1)}, shape=[2, 3, 4])


def shapes(r):
    r.op("reshape", "reshape", lambda x, shape: x.reshape(shape), {"x": (2, 3, 4)}, shape=[4, 6])
    r.op("transpose", "transpose", lambda x, order: x.permute(order), {"x": (2, 3, 4)}, order=[2, 0, 1])
    r.op("slice", "slice", lambda x, axis, start, end: x.narrow(axis, start, end - start), {"x": (2, 5, 3)},
         axis=1, start=1, end=4)
    r.op("pad", "pad", lambda x, axis, before, after: F.pad(x, [0, 0, before, after]), {"x": (2, 3, 2)},
         axis=1, before=2, after=1)
    r.op("concat-axis-1", "concat", lambda a, b, c, axis: torch.cat([a, b, c], axis),
         {"a": (2, 1, 3), "b": (2, 4, 3), "c": (2, 2, 3)}, axis=1)
    r.op("concat-axis-0", "concat", lambda a, b, axis: torch.cat([a, b], axis), {"a": (1, 3), "b": (2, 3)}, axis=0)


def activations(r):
    around = given(-2.5, -1, -0.0, 0.0, 0.5, 3)
    r.op("relu", "relu", f_x(F.relu), {"x": (2, 3, 5)})
    r.op("relu-at-0", "relu", f_x(F.relu), {"x": around})
    leaky = lambda x, negative_slope: F.leaky_relu(x, negative_slope)
    r.op("leakyRelu", "leakyRelu", leaky, {"x": (3, 5)}, negative_slope=0.01)
    r.op("leakyRelu-at-0", "leakyRelu", leaky, {"x": around}, negative_slope=0.25)
    r.op("sigmoid", "sigmoid", f_x(torch.sigmoid), {"x": (3, 5)})
    r.op("sigmoid-extreme", "sigmoid", f_x(torch.sigmoid), {"x": given(-1000, -40, -1, 0, 40, 1000)})
    r.op("tanh", "tanh", f_x(torch.tanh), {"x": (3, 5)})
    r.op("tanh-extreme", "tanh", f_x(torch.tanh), {"x": given(-1000, -20, 1 / 1024, 0, 20, 1000)})
    softplus = lambda x, beta, threshold: F.softplus(x, beta, threshold)
    r.op("softplus", "softplus", softplus, {"x": (3, 5)}, beta=1.0, threshold=20.0)
    r.op("softplus-beta", "softplus", softplus, {"x": (3, 5)}, beta=2.5, threshold=20.0)
    r.op("softplus-threshold", "softplus", softplus, {"x": given(-3, 0, 0.75, 1, 1.25, 4)}, beta=2.0, threshold=2.0,
         note="linear where beta x > threshold, not at the threshold itself")
    r.op("softplus-extreme", "softplus", softplus, {"x": given(-1000, -30, 19.5, 20.5, 1000)}, beta=1.0, threshold=20.0)
    gelu = lambda x, approximate: F.gelu(x, approximate=approximate)
    for approximate in ("none", "tanh"):
        r.op("gelu-" + approximate, "gelu", gelu, {"x": (3, 5)}, approximate=approximate)
        r.op("gelu-%s-extreme" % approximate, "gelu", gelu, {"x": given(-100, -6, 0, 6, 100)}, approximate=approximate)
    r.op("gelu-float32", "gelu", gelu, {"x": (3, 5)}, dtype="float32", approximate="none")
    softmaxes = {"softmax": lambda x, dim: F.softmax(x, dim), "logSoftmax": lambda x, dim: F.log_softmax(x, dim)}
    for op, f in softmaxes.items():
        for dim in (0, 1, -1):
            r.op("%s-dim-%s" % (op, "last" if dim < 0 else dim), op, f, {"x": (3, 2, 4)}, dim=dim)
        r.op(op + "-size-1", op, f, {"x": (3, 1)}, dim=1)
        r.op(op + "-extreme", op, f, {"x": given((1e4, -1e4, 0.5), (-1e4, -1e4, -1e4), (1e4, 1e4, 9999))}, dim=1)
    r.op("softmax-float32", "softmax", softmaxes["softmax"], {"x": moved(5, 0, 2, 7)}, dtype="float32", dim=1)


def convolutions(r):
    def f(x, weight, bias=None, **args):
        return F.conv2d(x, weight, bias, **args)

    def conv(name, x, weight, bias, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1, dtype="float64"):
        r.op("conv2d-" + name, "conv2d", f, {"x": x, "weight": weight, "bias": (weight[0],) if bias else None},
             dtype=dtype, stride=list(stride), padding=list(padding), dilation=list(dilation), groups=groups)

    conv("plain", (2, 2, 3, 5), (3, 2, 3, 3), True)
    conv("without-bias", (1, 3, 4, 4), (2, 3, 2, 2), False)
    conv("1x1", (2, 3, 3, 2), (4, 3, 1, 1), True)
    conv("kernel-of-image-size", (2, 2, 3, 4), (3, 2, 3, 4), True)
    conv("rectangular", (1, 2, 3, 6), (2, 2, 1, 4), True, padding=(0, 2))
    conv("stride", (1, 2, 7, 5), (2, 2, 3, 3), True, stride=(2, 2))
    conv("stride-leaves-rest", (1, 1, 6, 8), (2, 1, 3, 2), True, stride=(2, 3))
    conv("stride-over-kernel", (1, 2, 7, 7), (2, 2, 2, 2), True, stride=(3, 4))
    conv("padding", (1, 2, 4, 3), (2, 2, 3, 3), True, padding=(1, 1))
    conv("padding-rectangular", (1, 2, 3, 4), (2, 2, 3, 5), True, padding=(0, 2))
    conv("padding-over-kernel", (1, 1, 2, 3), (2, 1, 2, 2), True, padding=(3, 2))
    conv("dilation", (1, 2, 6, 7), (2, 2, 3, 3), True, dilation=(2, 3))
    conv("stride-padding-dilation", (2, 2, 7, 5), (2, 2, 3, 2), True, stride=(2, 1), padding=(2, 1), dilation=(2, 3))
    conv("groups", (2, 4, 3, 2), (6, 2, 2, 3), True, groups=2, padding=(1, 1))
    conv("depthwise", (1, 3, 4, 3), (3, 1, 3, 3), True, groups=3, padding=(1, 1))
    conv("depthwise-multiplier", (2, 2, 3, 5), (4, 1, 3, 3), False, groups=2, stride=(1, 2), padding=(1, 1))
    conv("size-1", (1, 1, 1, 1), (1, 1, 1, 1), True)
    conv("size-1-padded", (2, 3, 1, 1), (2, 3, 3, 3), True, padding=(1, 1))
    conv("unbatched", (2, 4, 3), (2, 2, 3, 3), True, padding=(1, 1))
    conv("kernel-over-image", (1, 1, 4, 5), (1, 1, 7, 9), True, padding=(3, 4))
    conv("float32", (1, 3, 5, 6), (4, 3, 3, 3), True, stride=(2, 2), padding=(1, 1), dtype="float32")


def transposed_convolutions(r):
    def f(x, weight, bias=None, **args):
        return F.conv_transpose2d(x, weight, bias, **args)

    def conv(name, x, weight, bias, stride=(1, 1), padding=(0, 0), output_padding=(0, 0), dilation=(1, 1), groups=1,
             dtype="float64"):
        r.op("convTranspose2d-" + name, "convTranspose2d", f,
             {"x": x, "weight": weight, "bias": (weight[1] * groups,) if bias else None}, dtype=dtype,
             stride=list(stride), padding=list(padding), output_padding=list(output_padding), dilation=list(dilation),
             groups=groups)

    conv("plain", (2, 2, 3, 2), (2, 3, 2, 3), True)
    conv("without-bias", (1, 3, 2, 3), (3, 2, 2, 2), False)
    conv("stride", (1, 2, 3, 2), (2, 2, 3, 3), True, stride=(2, 2))
    conv("stride-over-kernel", (1, 2, 2, 3), (2, 1, 2, 2), True, stride=(3, 4))
    conv("padding", (1, 2, 3, 4), (2, 2, 3, 3), True, padding=(1, 2))
    conv("output-padding", (1, 2, 3, 2), (2, 2, 3, 3), True, stride=(2, 2), padding=(1, 1), output_padding=(1, 1))
    conv("output-padding-one-side", (1, 2, 2, 3), (2, 1, 3, 4), True, stride=(2, 3), output_padding=(1, 2))
    conv("dilation", (1, 2, 3, 2), (2, 2, 2, 3), True, dilation=(3, 2))
    conv("output-padding-dilation", (1, 1, 2, 2), (1, 2, 2, 2), True, dilation=(3, 2), output_padding=(2, 1))
    conv("everything", (2, 4, 3, 2), (4, 1, 3, 2), True, stride=(2, 1), padding=(1, 1), output_padding=(1, 0),
         dilation=(2, 3), groups=2)
    conv("groups", (1, 4, 2, 3), (4, 2, 2, 2), True, groups=2)
    conv("depthwise", (1, 3, 3, 3), (3, 1, 3, 3), False, groups=3, stride=(2, 2), padding=(1, 1))
    conv("size-1", (1, 1, 1, 1), (1, 1, 1, 1), True)
    conv("unbatched", (2, 2, 3), (2, 2, 3, 2), True, stride=(2, 2))
    conv("float32", (1, 3, 3, 4), (3, 2, 4, 4), True, stride=(2, 2), padding=(1, 1), dtype="float32")


def paddings(r):
    modes = {"reflectionPad2d": "reflect", "replicationPad2d": "replicate", "zeroPad2d": "constant"}
    for op, mode in modes.items():
        def f(x, padding, mode=mode):
            return F.pad(x, padding, mode=mode)
        r.op(op + "-equal", op, f, {"x": (2, 1, 3, 2)}, padding=[1, 1, 1, 1])
        r.op(op + "-four-sides", op, f, {"x": (1, 2, 4, 3)}, padding=[1, 2, 3, 0])
        r.op(op + "-none", op, f, {"x": (1, 1, 2, 3)}, padding=[0, 0, 0, 0])
        r.op(op + "-unbatched", op, f, {"x": (2, 3, 4)}, padding=[3, 1, 0, 2])
    r.op("reflectionPad2d-largest", "reflectionPad2d", lambda x, padding: F.pad(x, padding, mode="reflect"),
         {"x": (1, 1, 3, 4)}, padding=[3, 3, 2, 2], note="one less than the size on every side")
    r.op("replicationPad2d-size-1", "replicationPad2d", lambda x, padding: F.pad(x, padding, mode="replicate"),
         {"x": (1, 2, 1, 1)}, padding=[2, 1, 0, 3])
    r.op("zeroPad2d-crop", "zeroPad2d", lambda x, padding: F.pad(x, padding), {"x": (1, 2, 4, 5)},
         padding=[-1, 2, 1, -2], note="a negative padding crops")


def resizing(r):
    def nearest(x, **args):
        return F.interpolate(x, mode="nearest", **args)

    def bilinear(x, **args):
        return F.interpolate(x, mode="bilinear", **args)

    for name, shape, factor in (("2", (2, 2, 2, 3), (2, 2)), ("3x1", (1, 2, 3, 2), (3, 1)), ("1", (1, 1, 3, 2), (1, 1))):
        r.op("upsampleNearest-scale-" + name, "upsampleNearest", nearest, {"x": shape}, scale_factor=list(factor))
    sizes = (("up", (1, 2, 3, 4), (5, 7)), ("down", (1, 2, 5, 7), (3, 4)), ("up-and-down", (2, 1, 3, 5), (7, 2)),
             ("from-1", (1, 2, 1, 1), (2, 3)), ("to-1", (1, 2, 3, 4), (1, 1)))
    for name, shape, size in sizes:
        r.op("upsampleNearest-" + name, "upsampleNearest", nearest, {"x": shape}, size=list(size))
    for corners in (False, True):
        suffix = "-corners" if corners else ""
        for name, shape, size in sizes:
            r.op("upsampleBilinear-" + name + suffix, "upsampleBilinear", bilinear, {"x": shape}, size=list(size),
                 align_corners=corners)
        r.op("upsampleBilinear-scale-2" + suffix, "upsampleBilinear", bilinear, {"x": (1, 2, 3, 4)},
             scale_factor=[2, 2], align_corners=corners)
    r.op("upsampleBilinear-float32", "upsampleBilinear", bilinear, {"x": (1, 2, 3, 4)}, dtype="float32", size=[7, 6],
         align_corners=False)


def pooling(r):
    def average(name, shape, kernel_size, stride, padding, count_include_pad):
        r.op("avgPool2d-" + name, "avgPool2d", lambda x, **args: F.avg_pool2d(x, **args), {"x": shape},
             kernel_size=kernel_size, stride=stride, padding=padding, count_include_pad=count_include_pad)

    average("2x2", (2, 2, 4, 6), [2, 2], [2, 2], [0, 0], True)
    average("leaves-rest", (1, 2, 5, 5), [2, 2], [2, 2], [0, 0], True)
    average("overlapping", (1, 2, 4, 5), [3, 2], [1, 1], [0, 0], True)
    average("padding", (1, 2, 4, 5), [3, 3], [2, 2], [1, 1], True)
    average("padding-not-counted", (1, 2, 4, 5), [3, 3], [2, 2], [1, 1], False)
    average("rectangular-not-counted", (1, 2, 3, 5), [2, 4], [1, 3], [1, 2], False)
    average("stride-over-kernel", (1, 1, 7, 5), [2, 1], [4, 3], [0, 0], True)
    average("unbatched", (2, 3, 4), [2, 3], [1, 1], [1, 0], False)

    def maximum(name, shape, kernel_size, stride, padding, dilation, note=None):
        r.op("maxPool2d-" + name, "maxPool2d", lambda x, **args: F.max_pool2d(x, **args), {"x": shape},
             note=note, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation)

    maximum("2x2", (2, 2, 4, 6), [2, 2], [2, 2], [0, 0], [1, 1])
    maximum("leaves-rest", (1, 2, 5, 5), [2, 2], [2, 2], [0, 0], [1, 1])
    maximum("overlapping", (1, 2, 4, 5), [3, 2], [1, 1], [0, 0], [1, 1])
    maximum("padding", (1, 2, 4, 5), [3, 3], [2, 2], [1, 1], [1, 1])
    maximum("dilation", (1, 1, 6, 7), [2, 3], [1, 2], [0, 1], [3, 2])
    maximum("padding-of-negatives", lambda random: -1 - torch.arange(6.0, dtype=torch.float64).reshape(1, 1, 2, 3),
            [2, 2], [1, 1], [1, 1], [1, 1], note="padding counts as minus infinity, not as 0")
    maximum("ties", given(((1, 1, 0, 2), (1, 1, 2, 2), (0, 0, 0, 0))), [2, 2], [1, 1], [0, 0], [1, 1],
            note="the first of equal values, row by row, receives the gradient")
    maximum("unbatched", (2, 3, 4), [2, 3], [2, 1], [0, 1], [1, 1])
    for name, shape in (("", (2, 3, 3, 4)), ("-size-1", (2, 3, 1, 1))):
        r.op("globalAvgPool2d" + name, "globalAvgPool2d", lambda x: F.adaptive_avg_pool2d(x, 1), {"x": shape})


def losses(r):
    pairs = {"meanSquaredError": F.mse_loss, "l1": F.l1_loss}
    for op, f in pairs.items():
        for reduction in ("mean", "sum", "none"):
            r.op("%s-%s" % (op, reduction), op, lambda x, target, reduction, f=f: f(x, target, reduction=reduction),
                 {"x": (2, 3, 2), "target": (2, 3, 2)}, reduction=reduction)
    r.op("l1-at-0", "l1", lambda x, target, reduction: F.l1_loss(x, target, reduction=reduction),
         {"x": given(1, 2, -3), "target": given(1, 0.5, -2)}, reduction="mean")
    huber = lambda x, target, reduction, delta: F.huber_loss(x, target, reduction=reduction, delta=delta)
    for delta in (1.0, 0.4):
        for reduction in ("mean", "sum", "none"):
            r.op("huber-%s-%s" % (delta, reduction), "huber", huber, {"x": (3, 4), "target": (3, 4)},
                 reduction=reduction, delta=delta)
    r.op("huber-at-delta", "huber", huber, {"x": given(-2, -1, 0, 1, 2), "target": given(0, 0, 0, 0, 0)},
         reduction="sum", delta=1.0)

    def entropy(x, target, reduction, label_smoothing=0.0):
        return F.cross_entropy(x, torch.tensor(target), reduction=reduction, label_smoothing=label_smoothing)

    for reduction in ("mean", "sum", "none"):
        r.op("crossEntropy-" + reduction, "crossEntropy", entropy, {"x": (3, 4)}, target=[1, 3, 0], reduction=reduction)
    r.op("crossEntropy-one", "crossEntropy", entropy, {"x": (1, 5)}, target=[4], reduction="mean")
    r.op("crossEntropy-smoothing", "crossEntropy", entropy, {"x": (3, 4)}, target=[2, 2, 0], reduction="mean",
         label_smoothing=0.125)
    r.op("crossEntropy-extreme", "crossEntropy", entropy, {"x": given((1e4, 0, -1e4), (1e4, 0, -1e4))}, target=[0, 2],
         reduction="none")
    r.op("crossEntropy-float32", "crossEntropy", entropy, {"x": (5, 3)}, dtype="float32", target=[0, 1, 2, 1, 1],
         reduction="mean")


def image_losses(r):
    def gram(x):
        n, c, h, w = x.shape
        features = x.reshape(n, c, h * w)
        return torch.bmm(features, features.transpose(1, 2)) / (c * h * w)

    r.op("gramMatrix", "gramMatrix", gram, {"x": (2, 3, 2, 4)}, note="x xT / (C H W) for each of the N images")
    r.op("gramMatrix-one-channel", "gramMatrix", gram, {"x": (1, 1, 3, 3)})
    r.op("gramMatrix-one-pixel", "gramMatrix", gram, {"x": (2, 4, 1, 1)})

    def variation(x, power, reduction):
        rows = (x[..., 1:, :] - x[..., :-1, :]).abs() ** power
        columns = (x[..., :, 1:] - x[..., :, :-1]).abs() ** power
        return rows.sum() + columns.sum() if reduction == "sum" else rows.mean() + columns.mean()

    note = "vertical and horizontal neighbour differences, to the power, each reduced, added"
    for power in (1, 2):
        for reduction in ("sum", "mean"):
            r.op("totalVariation-%d-%s" % (power, reduction), "totalVariation", variation, {"x": (2, 2, 3, 4)},
                 note=note, power=power, reduction=reduction)
