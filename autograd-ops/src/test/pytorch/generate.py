"""Writes ../resources/pytorch-values.safetensors: what PyTorch computes, for the tests to compare with.

    apt-get install python3-torch python3-numpy      (Debian 12: PyTorch 1.13.1)
    /usr/bin/python3 generate.py                     (from any folder; also rewrites the table in README.md)

Two runs on one machine write the same bytes. Each case has a random generator of its own, seeded by the case's name,
so adding a case changes no other. Inputs and cotangents are multiples of 1/1024: exact in float32 as well.
The layout of the file is described in README.md beside this script. The cases are in cases.py (arithmetic, layers,
losses), norms.py and training.py (optimisers and schedules).
"""

import json
import os
import struct
import sys
import zlib

import numpy
import torch

FOLDER = os.path.dirname(os.path.abspath(__file__))
VALUES = os.path.join(FOLDER, "..", "resources", "pytorch-values.safetensors")
README = os.path.join(FOLDER, "README.md")
MARKER = "<!-- written by generate.py from here on -->\n"


class Recorder:
    """Runs cases through PyTorch and collects tensors by name and one description per case."""

    def __init__(self):
        self.tensors = {}
        self.cases = {}
        self.notes = {}

    def op(self, name, op, function, inputs, dtype="float64", state=None, note=None, **args):
        """Records function(**inputs, **args), and its gradients under a random cotangent.

        An input is a shape (normal values) or a function from a generator to a tensor; None leaves it out.
        state is a dictionary of tensors that the function changes in place, recorded before and after.
        """
        random = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        kind = getattr(torch, dtype)
        values = {key: draw(random, source).to(kind) for key, source in inputs.items() if source is not None}
        self.describe(name, "op", op, args, list(values), dtype, note)
        if state is not None:
            state = {key: draw(random, source).to(kind) for key, source in state.items()}
            self.keep(name, "before", state)
        leaves = {key: value.clone().requires_grad_() for key, value in values.items()}
        output = function(**leaves, **args) if state is None else function(**leaves, state=state, **args)
        cotangent = quantised(torch.randn(output.shape, generator=random, dtype=torch.float64)).to(kind)
        gradients = torch.autograd.grad(output, list(leaves.values()), cotangent)
        self.keep(name, "input", values)
        self.keep(name, "cotangent", cotangent)
        self.keep(name, "output", output.detach())
        self.keep(name, "gradient", dict(zip(leaves, gradients)))
        if state is not None:
            self.keep(name, "after", state)

    def describe(self, name, kind, op, args, inputs, dtype="float64", note=None):
        if name in self.cases:
            raise ValueError("two cases are called " + name)
        self.cases[name] = {"kind": kind, "op": op, "args": args, "inputs": inputs, "dtype": dtype}
        if note is not None:
            self.notes.setdefault((op, note), []).append(name)

    def keep(self, name, role, value):
        """Adds one tensor as <case>/<role>, or a dictionary of tensors as <case>/<role>/<key>."""
        if isinstance(value, dict):
            for key, one in value.items():
                self.keep(name, role + "/" + key, one)
            return
        array = value.detach().clone().numpy() if isinstance(value, torch.Tensor) else numpy.asarray(value)
        if array.dtype not in (numpy.float64, numpy.float32) or not numpy.isfinite(array).all():
            raise ValueError("%s/%s is %s, or not finite" % (name, role, array.dtype))
        self.tensors[name + "/" + role] = numpy.ascontiguousarray(array).reshape(array.shape)


def quantised(tensor):
    return torch.round(tensor * 1024) / 1024


def draw(random, source):
    if callable(source):
        return source(random)
    return quantised(torch.randn(source, generator=random, dtype=torch.float64))


def uniform(low, high, *shape):
    """Values in (low, high), for ops with a limited domain."""
    return lambda random: quantised(low + (high - low) * torch.rand(shape, generator=random, dtype=torch.float64))


def given(*rows):
    """Exactly these values: ties, kinks and extremes."""
    return lambda random: torch.tensor(rows, dtype=torch.float64)


def moved(scale, mean, *shape):
    """Normal values of another scale and mean."""
    return lambda random: quantised(scale * torch.randn(shape, generator=random, dtype=torch.float64) + mean)


def write_safetensors(path, tensors, metadata):
    """Header length (8 bytes, little endian), JSON header padded with spaces, then the tensors without gaps."""
    header, end = {"__metadata__": metadata}, 0
    for name, array in tensors.items():
        start, end = end, end + array.nbytes
        kind = {"float64": "F64", "float32": "F32"}[array.dtype.name]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for array in tensors.values():
            out.write(array.astype(array.dtype.newbyteorder("<")).tobytes())


def table(recorder):
    """One row per op: what a test must call, with every argument name and the shapes of the first case."""
    rows = {}
    for name, case in recorder.cases.items():
        rows.setdefault(case["op"], []).append(name)
    lines = ["%d cases, PyTorch %s.\n\n" % (len(recorder.cases), torch.__version__),
             "| op | inputs | args | extras | cases |\n| --- | --- | --- | --- | --- |\n"]
    for op, names in rows.items():
        inputs, args, extras = {}, {}, set()
        for name in names:
            for key, value in recorder.cases[name]["args"].items():
                args.setdefault(key, value)
            for tensor, array in recorder.tensors.items():
                if tensor.startswith(name + "/"):
                    role, _, key = tensor[len(name) + 1:].partition("/")
                    if role == "input":
                        inputs.setdefault(key, list(array.shape))
                    elif role not in ("output", "cotangent", "gradient"):
                        extras.add(role)
        cells = [op, ", ".join("%s %s" % item for item in inputs.items()),
                 ", ".join("%s: %s" % (key, json.dumps(value)) for key, value in args.items()),
                 ", ".join(sorted(extras)), "%d: %s" % (len(names), ", ".join(short(op, names)))]
        lines.append("| " + " | ".join(cells) + " |\n")
    lines.append("\nNotes:\n\n")
    for (op, note), names in recorder.notes.items():
        lines.append("- %s (%s): %s.\n" % (op, ", ".join(short(op, names)), note))
    return "".join(lines)


def short(op, names):
    """The names as -suffix where they start with the op's name."""
    return [name[len(op):] if name.startswith(op + "-") else name for name in names]


def main():
    sys.dont_write_bytecode = True
    import cases
    import norms
    import training
    torch.set_num_threads(1)
    recorder = Recorder()
    for module in (cases, norms, training):
        module.record(recorder)
    metadata = {"pytorch": torch.__version__}
    metadata.update((name, json.dumps(case, separators=(",", ":"))) for name, case in recorder.cases.items())
    os.makedirs(os.path.dirname(VALUES), exist_ok=True)
    write_safetensors(VALUES, recorder.tensors, metadata)
    with open(README) as readme:
        text = readme.read().split(MARKER)[0]
    with open(README, "w") as readme:
        readme.write(text + MARKER + "\n" + table(recorder))
    print("%d cases, %d tensors, %d bytes" % (len(recorder.cases), len(recorder.tensors), os.path.getsize(VALUES)))


if __name__ == "__main__":
    main()
