"""Writes ../resources/numpy-arrays.txt: how NumPy 2.4 prints arrays, three lines each."""

import pathlib

import numpy as np

F32 = np.float32
RANDOM = np.random.default_rng(0)


def chosen():
    yield from (np.array(v) for v in (
        1.5, 1 / 3, -0.0, 1e20, [1.0, 2, 3], [1.5, -2, 0.25], [[1 / 3, 2 / 3], [1, -4.5]],
        [1e8, 1], [1e-5, 1], [0.5, 1000], [0.5, 500], [99999999.0], [1e-4], [-0.0, 0],
        [np.nan, np.inf, -np.inf, 1], [np.nan, 1], [np.inf, 1e10], [np.nan], [-np.inf, 2.5],
        [1e100, -1e-100], [5e-324, 1.7976931348623157e308], [16777217, 0.1 + 0.2],
        [123456.789, 0.001], [2.0**-44], [9.999999995, 1], [0.000123456789, 0.1], [1e16, 1]))
    yield from (np.array(v, F32) for v in ([0.1, 0.2], [1e-4], [16777217, 1], [3.4e38, 1e-45]))
    yield np.arange(24.0).reshape(2, 3, 4)
    yield np.ones((2, 1, 2, 2))
    yield np.arange(30.0) / 7
    yield np.arange(1001.0)
    yield np.arange(1200.0).reshape(30, 40) / 3
    yield np.arange(2000.0).reshape(1, 2, 1000) * 1e-3 - 1
    yield np.arange(40, dtype=F32).reshape(1, 40) * F32(0.1)


def drawn(i):
    n = int(RANDOM.integers(1, 40))
    a = RANDOM.normal(size=n) * 10.0 ** RANDOM.integers(-6, 6)
    if i % 3 == 0:
        a = np.round(a, int(RANDOM.integers(0, 4)))
    if i % 2:
        a = a.astype(F32)
    if i % 5 == 0 and n > 1:
        a[0], a[1] = np.nan, -np.inf
    return a.reshape(2, -1) if i % 4 == 0 and n % 2 == 0 else a


def line(x):
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(x), repr(float(x)).removesuffix(".0"))


def main():
    target = pathlib.Path(__file__).parent.parent / "resources" / "numpy-arrays.txt"
    with target.open("w", encoding="ascii", newline="\n") as out:
        for a in [*chosen(), *(drawn(i) for i in range(40))]:
            out.write(" ".join(map(str, (a.dtype, *a.shape))) + "\n")
            out.write(" ".join(map(line, a.ravel())) + "\n")
            out.write(np.array2string(a, separator=", ").replace("\n", "|") + "\n")


main()
