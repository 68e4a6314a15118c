"""Every metric of a return series in one call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsbt._typing import Floats
from newsbt.analysis import distribution, ratios
from newsbt.analysis.drawdown import drawdown_measures, drawdown_path
from newsbt.analysis.measure import Measure, Metrics, undefined
from newsbt.analysis.relative import relative_measures
from newsbt.analysis.return_series import dates_of, paired, read_returns
from newsbt.domain.metric_table import MetricValue
from newsbt.domain.metrics import definitions, keys_of, spec_of
from newsbt.domain.returns import why_no_returns

__all__ = ["Performance", "performance", "return_metrics"]


class Performance(dict[str, MetricValue]):
    """Metric values by key; `reasons` says why one is NaN or None, `notes` which to read with care."""

    reasons: Mapping[str, str]
    notes: Mapping[str, str]
    definitions: Mapping[str, str]

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(metrics.values)
        self.reasons, self.notes, self.definitions = dict(metrics.reasons), dict(metrics.notes), definitions()

    def __reduce__(self) -> tuple[object, ...]:
        return Performance, (Metrics(values=dict(self), reasons=self.reasons, notes=self.notes),)


def performance(
    returns: npt.ArrayLike,
    benchmark: npt.ArrayLike | None = None,
    periods_per_year: float = 252,
    risk_free: float = 0.0,
) -> Performance:
    """Performance metrics of simple returns per bar.

    Parameters
    ----------
    returns : Series or array of shape (n,)
        Fractions per bar (0.01 is 1 %), NaN where missing. A Series with dates as index gives drawdown dates.
    benchmark : Series or array, optional
        Returns of the benchmark. Two Series meet on their index; two arrays must have one length.
    periods_per_year : float
        Bars a year, by which figures are annualised.
    risk_free : float
        Annual risk-free rate; a bar earns (1 + risk_free)^(1 / periods_per_year) - 1.

    Returns
    -------
    Performance
        A dict of floats and dates. An undefined value is NaN (a date None) with its reason in `.reasons`; omega and
        profit factor may be infinite.

    Raises
    ------
    ValueError
        For returns below -1 or infinite, an index that is not ascending, or a benchmark that cannot be joined.

    Notes
    -----
    Missing returns count as 0 in the equity path, and are left out of every other figure.

    Examples
    --------
    >>> result = performance([0.10, -0.05, 0.02], periods_per_year=252)
    >>> round(result["total_return"], 4), round(result["max_drawdown"], 4)
    (0.0659, -0.05)
    >>> result.reasons["max_drawdown_peak"]
    'no dates'
    """
    values = _read(returns, "returns")
    pairs: tuple[Floats, Floats] | None = None
    if benchmark is not None:
        _read(benchmark, "benchmark")
        pairs = paired(returns, benchmark, ("returns", "benchmark"))
    return Performance(
        _measure(values, dates_of(returns), pairs, periods_per_year=periods_per_year, risk_free=risk_free)
    )


def return_metrics(
    returns: Floats,
    dates: npt.ArrayLike | None = None,
    benchmark: Floats | None = None,
    *,
    periods_per_year: float,
    risk_free: float = 0.0,
    equity: Floats | None = None,
) -> Metrics:
    """The same metrics for arrays on common rows: `returns`, `benchmark` (T,), `dates` (T,) as datetime64.

    `equity` (T + 1,) is E_0 .. E_T where the books of an account are known, `returns` then being those of
    `domain.returns.session_returns`. Growth and drawdowns are those of the books; where equity has been zero or less,
    whatever is made of returns is undefined.

    Raises ValueError as :func:`performance` does.
    """
    values = read_returns(returns, "returns") if equity is not None else _read(returns, "returns")
    days = None
    if dates is not None:
        days = tuple(stamp.date() for stamp in pd.DatetimeIndex(np.asarray(dates)))
        if len(days) != values.size:
            raise ValueError(f"dates: expected {values.size}, one for each return, got {len(days)}")
    pairs = None
    if benchmark is not None:
        _read(benchmark, "benchmark")
        pairs = paired(values, np.asarray(benchmark, dtype=np.float64), ("returns", "benchmark"))
    found = _measure(values, days, pairs, periods_per_year=periods_per_year, risk_free=risk_free, equity=equity)
    lost = "" if equity is None else why_no_returns(values, dates)
    if not lost:
        return found
    return found | Metrics.of({key: _no_returns(key, lost) for key in keys_of("growth", "moments", "benchmark")})


def _read(returns: npt.ArrayLike, name: str) -> Floats:
    values = read_returns(returns, name)
    if (values < -1).any():
        at = int(np.flatnonzero(values < -1)[0])
        raise ValueError(
            f"{name}: {float(values[at])!r} at position {at} is below -1, a loss of more than everything; expected "
            "simple returns as fractions"
        )
    return values


def _measure(
    values: Floats,
    dates: tuple[date, ...] | None,
    pairs: tuple[Floats, Floats] | None,
    *,
    periods_per_year: float,
    risk_free: float,
    equity: Floats | None = None,
) -> Metrics:
    if not (periods_per_year > 0 and np.isfinite(periods_per_year)):
        raise ValueError(f"periods_per_year: expected a positive number, got {periods_per_year!r}")
    if not risk_free > -1:
        raise ValueError(f"risk_free: expected an annual rate above -1, got {risk_free!r}")
    q = periods_per_year
    bar_rate = ratios.risk_free_per_bar(risk_free, q)
    observed = values[~np.isnan(values)]
    measures: dict[str, Measure] = {
        "n_bars": Measure(float(values.size)),
        "n_obs": Measure(float(observed.size)),
        "n_missing": Measure(float(values.size - observed.size)),
        "periods_per_year": Measure(float(q)),
    }
    notes: dict[str, str] = {}
    if observed.size == 0:
        return Metrics.of(
            measures | {key: _no_returns(key) for key in keys_of("equity", "growth", "moments", "benchmark")}
        )
    if values.size < q / 4:
        notes["cagr"] = f"extrapolated from {values.size} bars, less than a quarter of a year"
    if equity is None:
        with np.errstate(over="ignore", invalid="ignore"):
            equity = np.append(1.0, np.cumprod(1 + np.nan_to_num(values), dtype=np.float64))
            path = drawdown_path(equity[1:], 1.0)
    else:
        path = drawdown_path(equity[1:], float(equity[0]), rounding=0.0)
    measures |= _path_measures(float(equity[-1] / equity[0]), path, dates, q, risk_free)
    measures |= _moment_measures(observed, observed - bar_rate, q)
    if pairs is None:
        measures |= {key: undefined("no benchmark") for key in keys_of("benchmark")}
    else:
        together = ~(np.isnan(pairs[0]) | np.isnan(pairs[1]))
        measures |= relative_measures(pairs[0][together], pairs[1][together], bar_rate, q)
    return Metrics.of(measures, notes)


def _path_measures(
    growth: float, path: Floats, dates: tuple[date, ...] | None, q: float, risk_free: float
) -> dict[str, Measure]:
    """What follows from the equity path, where a missing return is 0 and its bar's time elapses.

    `growth` is E_T / E_0, `path` (T,) the drawdowns.
    """
    if not np.isfinite(growth):
        return {key: _no_returns(key, "overflow") for key in keys_of("equity", "growth")}
    measures = {"total_return": Measure(growth - 1), "cagr": ratios.cagr(growth, path.size / q)}
    if dates is None:
        measures["cagr_calendar"] = undefined("no dates")
    else:
        measures["cagr_calendar"] = ratios.cagr(growth, (dates[-1] - dates[0]).days / 365.25)
    measures |= drawdown_measures(path, dates)
    cagr, depth = measures["cagr"], float(path.min())
    ulcer = float(np.sqrt(np.mean(path**2)))
    measures["ulcer_index"] = Measure(ulcer)
    for key, above, below in (("calmar", 0.0, -depth), ("martin_ratio", risk_free, ulcer)):
        if not isinstance(cagr.value, float) or cagr.reason:
            measures[key] = undefined(cagr.reason)
        else:
            measures[key] = Measure((cagr.value - above) / below) if below > 0 else undefined("no drawdown")
    return measures


def _moment_measures(returns: Floats, excess: Floats, q: float) -> dict[str, Measure]:
    """What does not depend on the order of returns, and the Sharpe ratio's evidence."""
    from newsbt.analysis.inference.sharpe_ratio import psr

    mertens, lo = ratios.sharpe_standard_errors(excess, q)
    probability = psr(excess)
    return {
        "volatility": ratios.volatility(returns, q),
        "sharpe": ratios.sharpe(excess, q),
        "sharpe_se": mertens,
        "sharpe_se_lo": lo,
        "sharpe_autocorrelated": ratios.sharpe_autocorrelated(excess, q),
        "ljung_box_p": ratios.ljung_box_p(returns),
        "psr": Measure(float(probability), probability.reason),
        "downside_deviation": ratios.downside_deviation(returns, q),
        "sortino": ratios.sortino(returns, q),
        **{key: compute(returns) for key, compute in distribution.OF_RETURNS.items()},
    }


def _no_returns(key: str, reason: str = "no returns") -> Measure:
    spec = spec_of(key)
    return Measure(None, reason) if spec is not None and spec.unit == "date" else undefined(reason)
