"""The family of normalisations, with running statistics before and after: see generate.py."""

import torch
import torch.nn.functional as F

from generate import moved, uniform


def record(recorder):
    instance_norm_2d(recorder)
    instance_norm(recorder)
    instance_norm_layer(recorder)
    batch_norm(recorder)
    layer_norm(recorder)
    group_norm(recorder)
    rms_norm(recorder)


def instance_norm_2d(r):
    def f(x, gamma=None, beta=None, eps=1e-5):
        if x.dim() == 3:
            return f(x[None], gamma, beta, eps)[0]
        if gamma is not None and gamma.dim() == 2 or beta is not None and beta.dim() == 2:
            y = F.instance_norm(x, eps=eps)
            y = y if gamma is None else y * gamma.reshape(-1, x.shape[1], 1, 1)
            return y if beta is None else y + beta.reshape(-1, x.shape[1], 1, 1)
        return F.instance_norm(x, weight=gamma, bias=beta, eps=eps)

    def norm(name, x, gamma=None, beta=None, eps=1e-5, **more):
        r.op("instanceNorm2d-" + name, "instanceNorm2d", f, {"x": x, "gamma": gamma, "beta": beta}, eps=eps, **more)

    norm("plain", (2, 2, 3, 4))
    norm("affine", (2, 3, 3, 4), (3,), (3,))
    norm("gamma-only", (2, 3, 3, 3), (3,))
    norm("beta-only", (2, 3, 3, 3), None, (3,))
    norm("eps-0.5", (2, 2, 3, 4), (2,), (2,), eps=0.5)
    norm("eps-0.5-plain", (2, 2, 3, 4), eps=0.5)
    norm("eps-0", (1, 2, 3, 3), (2,), (2,), eps=0.0)
    norm("one-plane", (1, 1, 5, 5), (1,), (1,))
    norm("one-row", (2, 3, 1, 5), (3,), (3,))
    norm("two-values", (3, 2, 2, 1), (2,), (2,), eps=0.25)
    norm("unbatched", (3, 3, 4), (3,), (3,))
    norm("unbatched-plain", (2, 4, 3))
    norm("mean-1e4", moved(1, 1e4, 2, 2, 3, 3), (2,), (2,))
    norm("scale-0.01", moved(0.01, 0, 2, 2, 3, 3), (2,), (2,))
    norm("scale-1e3", moved(1e3, 0, 2, 2, 3, 3), (2,), (2,))
    norm("constant-plane", lambda random: torch.full((1, 1, 3, 3), 7.25, dtype=torch.float64), (1,), (1,))
    by_formula = "PyTorch normalises, gamma and beta of shape [N, C] are applied by broadcasting"
    norm("conditional", (3, 2, 3, 3), (3, 2), (3, 2), note=by_formula)
    norm("conditional-gamma-only", (2, 3, 2, 3), (2, 3), note=by_formula)
    norm("float32", (2, 3, 4, 4), (3,), (3,), dtype="float32")
    norm("float32-plain", (2, 3, 3, 5), dtype="float32", eps=0.5)


def instance_norm(r):
    def f(x, gamma=None, beta=None, eps=1e-5):
        return F.instance_norm(x, weight=gamma, bias=beta, eps=eps)

    for name, x, affine in (("1d", (2, 3, 7), True), ("1d-plain", (3, 2, 5), False), ("3d", (2, 2, 2, 2, 3), True),
                            ("3d-plain", (1, 2, 3, 2, 4), False)):
        r.op("instanceNorm-" + name, "instanceNorm", f,
             {"x": x, "gamma": (x[1],) if affine else None, "beta": (x[1],) if affine else None}, eps=1e-5)

    def adaptive(content, style, eps):
        mean = lambda t: t.mean((2, 3), keepdim=True)
        deviation = lambda t: (t.var((2, 3), unbiased=False, keepdim=True) + eps).sqrt()
        return (content - mean(content)) / deviation(content) * deviation(style) + mean(style)

    note = "by formula, biased variances, eps inside both square roots"
    r.op("adaptiveInstanceNorm", "adaptiveInstanceNorm", adaptive,
         {"content": (2, 2, 3, 3), "style": moved(2, 1, 2, 2, 3, 2)}, note=note, eps=1e-5)
    r.op("adaptiveInstanceNorm-eps-0.5", "adaptiveInstanceNorm", adaptive,
         {"content": (1, 3, 2, 3), "style": (1, 3, 3, 2)}, note=note, eps=0.5)


def running(channels, batches=None):
    state = {"running_mean": (channels,), "running_var": uniform(0.5, 2, channels)}
    if batches is not None:
        state["num_batches_tracked"] = lambda random: torch.tensor(float(batches), dtype=torch.float64)
    return state


def instance_norm_layer(r):
    def f(x, weight=None, bias=None, state=None, training=True, momentum=0.1, eps=1e-5):
        layer = torch.nn.InstanceNorm2d(state["running_mean"].numel(), eps, momentum, weight is not None, True)
        return through(layer.to(x.dtype).train(training), x, weight, bias, state)

    for name, shape, affine, training, momentum, eps, dtype in (
            ("training", (2, 3, 2, 3), True, True, 0.1, 1e-5, "float64"),
            ("training-plain", (3, 2, 2, 2), False, True, 0.1, 1e-5, "float64"),
            ("training-momentum", (2, 2, 3, 2), True, True, 0.75, 0.5, "float64"),
            ("training-unbatched", (2, 3, 4), True, True, 0.1, 1e-5, "float64"),
            ("eval", (2, 3, 2, 3), True, False, 0.1, 1e-5, "float64"),
            ("eval-plain", (2, 2, 1, 3), False, False, 0.1, 0.5, "float64"),
            ("eval-one-pixel", (2, 2, 1, 1), True, False, 0.1, 1e-5, "float64"),
            ("training-float32", (2, 3, 3, 2), True, True, 0.1, 1e-5, "float32")):
        channels = shape[-3]
        r.op("InstanceNorm2d-" + name, "InstanceNorm2d", f,
             {"x": shape, "weight": (channels,) if affine else None, "bias": (channels,) if affine else None},
             dtype=dtype, state=running(channels, 4), training=training, momentum=momentum, eps=eps,
             note="track_running_stats; PyTorch's instance norm never counts num_batches_tracked up")


def through(layer, x, weight, bias, state):
    """The layer's forward with this state and these tensors as parameters; updates the state."""
    tensors = dict(state)
    if weight is not None:
        tensors.update(weight=weight, bias=bias)
    if "num_batches_tracked" in state:
        tensors["num_batches_tracked"] = state["num_batches_tracked"].to(torch.int64)
    y = torch.nn.utils.stateless.functional_call(layer, tensors, (x,))
    for key in ("running_mean", "running_var"):
        assert tensors[key] is state[key]
    count = tensors["num_batches_tracked"]
    state["num_batches_tracked"].copy_(count)
    return y


def batch_norm(r):
    def f(x, weight=None, bias=None, state=None, **args):
        return F.batch_norm(x, state["running_mean"], state["running_var"], weight, bias, **args)

    for name, shape, affine, training, momentum, eps, dtype in (
            ("training", (2, 3, 2, 3), True, True, 0.1, 1e-5, "float64"),
            ("training-plain", (3, 2, 2, 3), False, True, 0.1, 1e-5, "float64"),
            ("training-momentum", (2, 2, 3, 2), True, True, 0.75, 0.5, "float64"),
            ("training-rank-2", (5, 3), True, True, 0.1, 1e-5, "float64"),
            ("training-rank-3", (2, 3, 4), True, True, 0.1, 1e-5, "float64"),
            ("training-rank-5", (1, 2, 2, 2, 3), True, True, 0.1, 1e-5, "float64"),
            ("eval", (2, 3, 2, 3), True, False, 0.1, 1e-5, "float64"),
            ("eval-plain", (2, 2, 1, 3), False, False, 0.1, 0.5, "float64"),
            ("eval-rank-2", (1, 3), True, False, 0.1, 1e-5, "float64"),
            ("training-float32", (2, 3, 3, 2), True, True, 0.1, 1e-5, "float32")):
        r.op("batchNorm-" + name, "batchNorm", f,
             {"x": shape, "weight": (shape[1],) if affine else None, "bias": (shape[1],) if affine else None},
             dtype=dtype, state=running(shape[1]), training=training, momentum=momentum, eps=eps)

    def layer(x, weight, bias, state, training, momentum, eps):
        module = torch.nn.BatchNorm2d(state["running_mean"].numel(), eps, momentum)
        return through(module.to(x.dtype).train(training), x, weight, bias, state)

    for name, training, momentum in (("training", True, 0.1), ("training-cumulative", True, None), ("eval", False, 0.1)):
        r.op("BatchNorm2d-" + name, "BatchNorm2d", layer, {"x": (2, 2, 3, 3), "weight": (2,), "bias": (2,)},
             state=running(2, 4), training=training, momentum=momentum, eps=1e-5,
             note="momentum null: the mean over all batches" if momentum is None else None)


def layer_norm(r):
    def f(x, weight=None, bias=None, **args):
        return F.layer_norm(x, weight=weight, bias=bias, **args)

    for name, shape, axes, weight, bias, eps, dtype in (
            ("last", (3, 5), 1, True, True, 1e-5, "float64"),
            ("last-plain", (2, 3, 4), 1, False, False, 1e-5, "float64"),
            ("two-axes", (2, 3, 4), 2, True, True, 1e-5, "float64"),
            ("channels-and-image", (2, 3, 3, 2), 3, True, True, 1e-5, "float64"),
            ("weight-only", (4, 3), 1, True, False, 1e-5, "float64"),
            ("two-values-eps-0.25", (3, 2), 1, False, False, 0.25, "float64"),
            ("float32", (3, 7), 1, True, True, 1e-5, "float32")):
        normalized = list(shape[-axes:])
        r.op("layerNorm-" + name, "layerNorm", f,
             {"x": shape, "weight": normalized if weight else None, "bias": normalized if bias else None},
             dtype=dtype, normalized_shape=normalized, eps=eps)


def group_norm(r):
    def f(x, num_groups, weight=None, bias=None, **args):
        return F.group_norm(x, num_groups, weight, bias, **args)

    for name, shape, groups, affine, eps, dtype in (
            ("two-groups", (2, 4, 3, 2), 2, True, 1e-5, "float64"),
            ("one-group", (2, 3, 2, 3), 1, True, 1e-5, "float64"),
            ("group-per-channel", (2, 3, 3, 2), 3, True, 1e-5, "float64"),
            ("plain", (1, 6, 2, 2), 3, False, 0.5, "float64"),
            ("rank-2", (3, 6), 2, True, 1e-5, "float64"),
            ("rank-3", (2, 4, 3), 2, True, 1e-5, "float64"),
            ("float32", (2, 4, 3, 3), 2, True, 1e-5, "float32")):
        r.op("groupNorm-" + name, "groupNorm", f,
             {"x": shape, "weight": (shape[1],) if affine else None, "bias": (shape[1],) if affine else None},
             dtype=dtype, num_groups=groups, eps=eps)


def rms_norm(r):
    def f(x, normalized_shape, weight=None, eps=1e-5):
        axes = tuple(range(-len(normalized_shape), 0))
        y = x * (x.square().mean(axes, keepdim=True) + eps).rsqrt()
        return y if weight is None else y * weight

    note = "by formula: x / sqrt(mean(x²) + eps), this PyTorch has no rms_norm"
    for name, shape, axes, weight, eps in (("last", (3, 5), 1, True, 1e-5), ("plain", (2, 3, 4), 1, False, 1e-5),
                                           ("two-axes", (2, 3, 4), 2, True, 0.5), ("size-1", (3, 1), 1, True, 0.25)):
        normalized = list(shape[-axes:])
        r.op("rmsNorm-" + name, "rmsNorm", f, {"x": shape, "weight": normalized if weight else None}, note=note,
             normalized_shape=normalized, eps=eps)
