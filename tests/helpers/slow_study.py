"""An event study in plain Python, one event and one day at a time, to compare the fast one with.

Written from the formulas alone: lists of floats, None for a missing return, and no function of the package.
"""

import itertools
import math
import statistics

import numpy as np
from scipy import stats


class SlowEvent:
    """One event of a market-model (or mean-adjusted, market-adjusted, multi-factor) study.

    `returns` are the ticker's by session (None: missing), `factors` a list of factor series, `spoiled` a set of
    sessions not to estimate on, `day` the session of day 0.
    """

    def __init__(self, returns, factors, spoiled, day, window, estimation, gap, fixed=False):
        start = day + window[0] - gap - estimation
        self.days = list(range(start, start + estimation))
        usable = [t for t in self.days if 0 <= t < len(returns) and returns[t] is not None and t not in spoiled]
        design = np.array([[1.0, *(f[t] for f in factors)] for t in usable])
        y = np.array([returns[t] for t in usable])
        self.count, self.fixed = len(usable), fixed
        if fixed:
            self.coefficients = np.array([0.0, 1.0])
        else:
            self.coefficients = np.linalg.lstsq(design, y, rcond=None)[0]
        residual = y - design @ self.coefficients
        self.freedom = self.count - 1 if fixed else self.count - design.shape[1]
        if fixed:
            self.sigma = statistics.stdev(residual)
        else:
            self.sigma = math.sqrt(float(residual @ residual) / self.freedom)
        self.residual = {t - day: float(e) for t, e in zip(usable, residual, strict=True)}
        self.inverse = None if fixed else np.linalg.inv(design.T @ design)
        self.window, self.day = window, day
        self.row = {d: np.array([1.0, *(f[day + d] for f in factors)]) for d in range(window[0], window[1] + 1)
                    if 0 <= day + d < len(returns)}  # fmt: skip
        self.expected, self.actual, self.abnormal = {}, {}, {}
        for d, row in self.row.items():
            if returns[day + d] is not None:
                self.expected[d] = float(row @ self.coefficients)
                self.actual[d] = returns[day + d]
                self.abnormal[d] = self.actual[d] - self.expected[d]

    def inside(self, a, b):
        return [d for d in range(a, b + 1) if d in self.abnormal]

    def car(self, a, b):
        return sum(self.abnormal[d] for d in self.inside(a, b))

    def bhar(self, a, b):
        days = self.inside(a, b)
        return math.prod(1 + self.actual[d] for d in days) - math.prod(1 + self.expected[d] for d in days)

    def deviation(self, a, b):
        """Standard deviation of the sum of forecast errors, from the covariance of the coefficients."""
        days = self.inside(a, b)
        if self.fixed:
            return self.sigma * math.sqrt(len(days))
        total = sum((self.row[d] for d in days), np.zeros(len(self.coefficients)))
        return self.sigma * math.sqrt(len(days) + float(total @ self.inverse @ total))

    def scar(self, a, b):
        return self.car(a, b) / self.deviation(a, b)

    def sar_sum(self, a, b):
        days = self.inside(a, b)
        return sum(self.abnormal[d] / self.deviation(d, d) for d in days) / math.sqrt(len(days))


def t_test(values):
    n = len(values)
    t = statistics.mean(values) / (statistics.stdev(values) / math.sqrt(n))
    return t, 2 * stats.t.sf(abs(t), n - 1)


def normal(z):
    return z, 2 * stats.norm.sf(abs(z))


def mean_correlation(events, window):
    """Every pair by its own common dates."""
    total = 0.0
    for a, b in itertools.combinations(events, 2):
        first, last = max(a.day, b.day) + window[0], min(a.day, b.day) + window[1]
        share = max(0, last - first + 1) / (window[1] - window[0] + 1)
        left = {d + a.day: e for d, e in a.residual.items()}
        right = {d + b.day: e for d, e in b.residual.items()}
        common = sorted(set(left) & set(right))
        if share and len(common) >= 20:
            total += share * statistics.correlation([left[t] for t in common], [right[t] for t in common])
    n = len(events)
    return total / (n * (n - 1) / 2)


def corrado(events, days, a, b):
    """`days` are all relative days, estimation and event."""
    u = {}
    for i, event in enumerate(events):
        values = event.residual | event.abnormal
        ranks = dict(zip(values, stats.rankdata(list(values.values())), strict=True))
        u[i] = {d: rank / (len(values) + 1) - 0.5 for d, rank in ranks.items()}
    scaled = {}
    for d in days:
        present = [u[i][d] for i in u if d in u[i]]
        if present:
            scaled[d] = sum(present) / math.sqrt(len(present))
    deviation = math.sqrt(statistics.mean(value**2 for value in scaled.values()))
    inside = [scaled[d] for d in range(a, b + 1) if d in scaled]
    return normal(sum(inside) / (math.sqrt(len(inside)) * deviation))


def grank(events, days, a, b):
    scar = [event.scar(a, b) for event in events]
    spread = statistics.stdev(scar)
    u = []
    for event, own in zip(events, scar, strict=True):
        values = {d: e / event.sigma for d, e in event.residual.items()}
        values["event"] = own / spread
        ranks = dict(zip(values, stats.rankdata(list(values.values())), strict=True))
        u.append({d: rank / (len(values) + 1) - 0.5 for d, rank in ranks.items()})
    n, squares, seen = len(events), 0.0, 0
    for d in [*days, "event"]:
        present = [own[d] for own in u if d in own]
        if present:
            seen += 1
            squares += len(present) / n * statistics.mean(present) ** 2
    z = statistics.mean(own["event"] for own in u) / math.sqrt(squares / seen)
    t = z * math.sqrt((seen - 2) / (seen - 1 - z**2))
    return t, 2 * stats.t.sf(abs(t), seen - 2)


def all_tests(events, window, estimation, gap, a, b):
    """Every test's (statistic, p) for the window a..b, over the events with a value in it."""
    everyone = events
    events = [event for event in events if event.inside(a, b)]
    n = len(events)
    car = [event.car(a, b) for event in events]
    scar = [event.scar(a, b) for event in events]
    days = list(range(window[0] - gap - estimation, window[0] - gap))
    average = []
    for d in days:
        present = [event.residual[d] for event in everyone if d in event.residual]
        if present:
            average.append(statistics.mean(present))
    time_series = statistics.mean(car) / (math.sqrt(b - a + 1) * statistics.stdev(average))
    scale = math.sqrt(sum(event.freedom / (event.freedom - 2) for event in events))
    rbar = mean_correlation(everyone, window)
    bmp, _ = t_test(scar)
    kp = bmp * math.sqrt((1 - rbar) / (1 + (n - 1) * rbar))
    up = statistics.mean(sum(e > 0 for e in event.residual.values()) / len(event.residual) for event in events)
    w = sum(value > 0 for value in car)
    exact = n <= 50 and len({abs(value) for value in car}) == n and 0 not in car
    signed = stats.wilcoxon(car, method="exact" if exact else "asymptotic")
    ranks = stats.rankdata([abs(value) for value in car if value])
    positive = sum(rank for rank, value in zip(ranks, [v for v in car if v], strict=True) if value > 0)
    bhar = [event.bhar(a, b) for event in events]
    ratio = statistics.mean(bhar) / statistics.stdev(bhar)
    skew = sum((v - statistics.mean(bhar)) ** 3 for v in bhar) / (n * statistics.stdev(bhar) ** 3)
    johnson = math.sqrt(n) * (ratio + skew * ratio**2 / 3 + skew / (6 * n))
    patell = sum(scar) / scale
    return {
        "cross_sectional": t_test(car),
        "time_series": (time_series, 2 * stats.t.sf(abs(time_series), len(average) - 1)),
        "patell": normal(patell),
        "patell_z_original": normal(sum(event.sar_sum(a, b) for event in events) / scale),
        "bmp": t_test(scar),
        "kp_bmp": (kp, 2 * stats.t.sf(abs(kp), n - 1)),
        "kp_patell": normal(patell / math.sqrt(1 + (n - 1) * rbar)),
        "corrado": corrado(everyone, [*days, *range(window[0], window[1] + 1)], a, b),
        "grank": grank(events, days, a, b),
        "sign": normal((w - n / 2) / (math.sqrt(n) / 2)),
        "generalised_sign": normal((w - n * up) / math.sqrt(n * up * (1 - up))),
        "wilcoxon": (positive, signed.pvalue),
        "bhar": t_test(bhar),
        "bhar_skewness_adjusted": (johnson, 2 * stats.t.sf(abs(johnson), n - 1)),
    }
