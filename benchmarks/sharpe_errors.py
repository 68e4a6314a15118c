"""How far a Sharpe ratio's error survives autocorrelation: sizes of the PSR, and the factor of the adjusted ratio.

`python -m benchmarks.sharpe_errors [WORLDS]` prints the table of docs/evidence.md. Every world has a true Sharpe ratio
of 0. Beside ours the PSR that takes returns as independent (0.1.0's).
"""

from __future__ import annotations

import sys

import numpy as np

from newsbt.analysis.inference import psr
from newsbt.analysis.ratios import sharpe, sharpe_autocorrelated

SEED = 20250306
LENGTHS = (60, 126, 283, 504)
WARM_UP = 100
# Name, coefficients of autoregression and of the last shock, degrees of freedom of t shocks (None: normal), GARCH.
PROCESSES: tuple[tuple[str, float, float, int | None, bool], ...] = (
    ("white noise", 0.0, 0.0, None, False),
    ("white noise, t(4)", 0.0, 0.0, 4, False),
    ("AR(0.3)", 0.3, 0.0, None, False),
    ("AR(0.3), t(4)", 0.3, 0.0, 4, False),
    ("AR(0.3), GARCH", 0.3, 0.0, None, True),
    ("AR(0.5)", 0.5, 0.0, None, False),
    ("AR(-0.3)", -0.3, 0.0, None, False),
    ("MA(0.3)", 0.0, 0.3, None, False),
)


def world(
    random: np.random.Generator, shape: tuple[int, int], ar: float, ma: float, freedom: int | None, garch: bool
) -> np.ndarray:
    """(worlds, n) returns of mean 0."""
    worlds, n = shape
    size = worlds, n + WARM_UP
    shocks = random.normal(size=size) if freedom is None else random.standard_t(freedom, size)
    variance = np.ones(worlds)
    returns = np.zeros(size)
    for t in range(1, n + WARM_UP):
        if garch:
            shocks[:, t] *= np.sqrt(variance)
            variance = 0.05 + 0.1 * shocks[:, t] ** 2 + 0.85 * variance
        returns[:, t] = ar * returns[:, t - 1] + shocks[:, t] + ma * shocks[:, t - 1]
    return returns[:, WARM_UP:]


def blind_psr(returns: np.ndarray) -> float:
    """The PSR that takes returns as independent."""
    z = (returns - returns.mean()) / returns.std()
    ratio = float(returns.mean() / returns.std(ddof=1))
    return psr(sharpe=ratio, n=returns.size, skew=float(np.mean(z**3)), kurtosis=float(np.mean(z**4)))


def main() -> int:
    """Print the table."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    print(f"{worlds} worlds each, seed {SEED}\n")
    heads = (
        "process",
        "n",
        "true factor",
        "PSR > .95, taken as independent",
        "PSR > .95",
        "factor: 5 %",
        "median",
        "95 %",
    )
    print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
    for place, (name, ar, ma, freedom, garch) in enumerate(PROCESSES):
        true = np.sqrt((1 + ma**2) / (1 - ar**2)) * (1 - ar) / (1 + ma) if ar == 0 or ma == 0 else np.nan
        for n in LENGTHS:
            random = np.random.default_rng([SEED, place, n])
            found = np.empty((worlds, 3))
            for k, returns in enumerate(world(random, (worlds, n), ar, ma, freedom, garch)):
                adjusted, plain = sharpe_autocorrelated(returns, 252.0).value, sharpe(returns, 252.0).value
                assert isinstance(adjusted, float) and isinstance(plain, float)
                found[k] = blind_psr(returns), psr(returns), adjusted / plain
            low, middle, high = np.quantile(found[:, 2], [0.05, 0.5, 0.95])
            sizes = [100 * float(np.mean(found[:, k] > 0.95)) for k in (0, 1)]
            cells = [name, f"{n}", f"{true:.2f}", *(f"{size:.1f} %" for size in sizes)]
            print("| " + " | ".join([*cells, f"{low:.2f}", f"{middle:.2f}", f"{high:.2f}"]) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
