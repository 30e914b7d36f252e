"""Prints the coefficients of kernel/Coefficients.java: Chebyshev interpolation in 60 digits,
its last digits rounded to the format. Needs mpmath."""
import struct
from mpmath import mp, mpf, chebyfit, exp, tanh, log, sqrt, atanh, ldexp

mp.dps = 60

def rounded(x, single):
    # correct rounding of an mpf to the format
    if single:
        f = struct.unpack("f", struct.pack("f", float(x)))[0]
        return f
    return float(x)

def series(f, interval, terms, single):
    # chebyfit gives the highest power first
    poly, err = chebyfit(f, interval, terms, error=True)
    return [rounded(c, single) for c in reversed(poly)], err

HALF_LN2 = log(2) / 2
def tail(f, at0, z):
    return f(z) if abs(z) > mpf(10) ** -20 else mpf(at0)

FUNCTIONS = {
    # e^r = 1 + r + r^2 P(r)
    "EXP": (lambda r: tail(lambda r: (exp(r) - 1 - r) / r**2, 0.5, r), [-HALF_LN2 - 1e-3, HALF_LN2 + 1e-3], (11, 6)),
    # tanh x = x + x z P(z), z = x^2 <= 0.9^2
    "TANH": (lambda z: tail(lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z, -mpf(1) / 3, z), [0, mpf("0.9") ** 2], (14, 7)),
    # 2 atanh(s) = 2s + s z P(z), z = s^2, s = (m - 1)/(m + 1), m in [sqrt(1/2), sqrt(2)]
    "LOG": (lambda z: tail(lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2) / z, mpf(2) / 3, z), [0, mpf("0.02944")], (7, 4)),
}
for single in (False, True):
    print("float32" if single else "float64")
    for name, (f, interval, terms) in FUNCTIONS.items():
        poly, err = series(f, interval, terms[single], single)
        print(name, "error", mp.nstr(err, 3))
        print("  {" + ", ".join(repr(c) if not single else repr(c) + "f" for c in poly) + "}")
    bits = 24 if single else 53
    # ln 2 = HI + LO, HI with so few bits that n HI is exact for every exponent n
    short = 24 - 9 if single else 53 - 12
    hi = mp.floor(log(2) * mpf(2) ** short) / mpf(2) ** short
    lo = log(2) - hi
    print("LN2", repr(rounded(hi, single)), repr(rounded(lo, single)), "LOG2E", repr(rounded(1 / log(2), single)))
