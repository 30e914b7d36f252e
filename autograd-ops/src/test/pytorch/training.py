"""Steps of optimisers, gradient clipping and learning rate schedules: see generate.py."""

import zlib

import torch

from generate import quantised

STEPS = 6


def record(recorder):
    optimisers(recorder)
    clipping(recorder)
    schedules(recorder)


def optimisers(r):
    def sgd(name, dtype="float64", **args):
        steps(r, "SGD-" + name, "SGD", torch.optim.SGD, args, dtype)

    sgd("plain", lr=0.1)
    sgd("momentum", lr=0.1, momentum=0.9)
    sgd("dampening", lr=0.1, momentum=0.9, dampening=0.25)
    sgd("nesterov", lr=0.1, momentum=0.9, nesterov=True)
    sgd("weight-decay", lr=0.1, weight_decay=0.5)
    sgd("nesterov-weight-decay", lr=0.05, momentum=0.75, nesterov=True, weight_decay=0.1)
    sgd("float32", dtype="float32", lr=0.1, momentum=0.9, weight_decay=0.01)

    for op, kind in (("Adam", torch.optim.Adam), ("AdamW", torch.optim.AdamW)):
        decay = 0.0 if op == "Adam" else 0.01
        steps(r, op + "-default", op, kind, {"lr": 0.001, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": decay})
        steps(r, op + "-betas", op, kind, {"lr": 0.1, "betas": [0.5, 0.8], "eps": 1e-8, "weight_decay": decay})
        steps(r, op + "-eps", op, kind, {"lr": 0.1, "betas": [0.9, 0.999], "eps": 0.5, "weight_decay": decay})
        steps(r, op + "-weight-decay", op, kind, {"lr": 0.1, "betas": [0.9, 0.99], "eps": 1e-8, "weight_decay": 0.25})
    steps(r, "Adam-float32", "Adam", torch.optim.Adam,
          {"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.0}, "float32")


def steps(r, name, op, kind, args, dtype="float64"):
    """Two parameters, STEPS given gradients each; keeps the values after every step."""
    random, kind_of = torch.Generator().manual_seed(zlib.crc32(name.encode())), getattr(torch, dtype)
    normal = lambda *shape: quantised(torch.randn(shape, generator=random, dtype=torch.float64)).to(kind_of)
    start = {"weight": normal(2, 3), "bias": normal(2)}
    gradients = {key: normal(STEPS, *value.shape) for key, value in start.items()}
    gradients["bias"][2] = 0  # a step in which momentum alone moves it
    parameters = {key: value.clone().requires_grad_() for key, value in start.items()}
    optimiser = kind(parameters.values(), **args)
    trace = {key: [] for key in parameters}
    for step in range(STEPS):
        for key, parameter in parameters.items():
            parameter.grad = gradients[key][step].clone()
        optimiser.step()
        for key, parameter in parameters.items():
            trace[key].append(parameter.detach().clone())
    r.describe(name, "optimiser", op, args, list(start), dtype)
    r.keep(name, "input", start)
    r.keep(name, "gradients", gradients)
    r.keep(name, "steps", {key: torch.stack(values) for key, values in trace.items()})


def clipping(r):
    for name, max_norm in (("above", 0.5), ("below", 100.0), ("to-0", 0.0)):
        name = "clipGradNorm-" + name
        random = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        gradients = {key: quantised(torch.randn(shape, generator=random, dtype=torch.float64))
                     for key, shape in (("weight", (2, 3)), ("bias", (2,)))}
        parameters = {key: torch.zeros_like(value).requires_grad_() for key, value in gradients.items()}
        for key, parameter in parameters.items():
            parameter.grad = gradients[key].clone()
        norm = torch.nn.utils.clip_grad_norm_(list(parameters.values()), max_norm)
        r.describe(name, "clip", "clipGradNorm", {"max_norm": max_norm}, list(gradients),
                   note="returns the norm before; the factor is max_norm / (norm + 1e-6), at most 1")
        r.keep(name, "input", gradients)
        r.keep(name, "norm", norm)
        r.keep(name, "clipped", {key: parameter.grad for key, parameter in parameters.items()})


def schedules(r):
    chain = torch.optim.lr_scheduler
    for name, op, kind, rate, epochs, args in (
            ("StepLR", "StepLR", chain.StepLR, 0.1, 10, {"step_size": 3, "gamma": 0.5}),
            ("StepLR-1", "StepLR", chain.StepLR, 0.5, 4, {"step_size": 1, "gamma": 0.1}),
            ("CosineAnnealingLR", "CosineAnnealingLR", chain.CosineAnnealingLR, 0.1, 8, {"T_max": 8, "eta_min": 0.0}),
            ("CosineAnnealingLR-eta_min", "CosineAnnealingLR", chain.CosineAnnealingLR, 0.1, 7,
             {"T_max": 7, "eta_min": 0.01}),
            ("CosineAnnealingLR-beyond", "CosineAnnealingLR", chain.CosineAnnealingLR, 0.1, 12,
             {"T_max": 5, "eta_min": 0.02})):
        optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
        schedule = kind(optimiser, **args)
        rates = [optimiser.param_groups[0]["lr"]]
        for _ in range(epochs):
            optimiser.step()
            schedule.step()
            rates.append(optimiser.param_groups[0]["lr"])
        r.describe(name, "schedule", op, {"lr": rate, **args}, [])
        r.keep(name, "learning_rates", torch.tensor(rates, dtype=torch.float64))
