"""The returns of a study laid out by each ticker's own sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from newsbt._typing import Bools, Days, Floats, Ints
from newsbt.errors import DataError, Problem

__all__ = ["MODELS", "StudyPanel", "lay_out"]

MODELS = ("market", "market_adjusted", "mean_adjusted", "sector", "factors")
MISSING = ("skip", "compound", "given")


@dataclass(frozen=True, kw_only=True)
class StudyPanel:
    """N tickers by their own sessions, at most T of them; a ticker's sessions are the rows its market has a return.

    `returns` (N, T) with NaN where unusable; `factors` (H, T, K) the model's regressors, `factors_of` (N,) each
    ticker's; `sessions` (N,) how many sessions it has. `rows` (R,) are the dates of all markets together, `axes` the
    rows of each distinct set of sessions, `axis_of` (N,) each ticker's set. `idle` (N, T + 1) counts, up to each
    session, days without a return or with one of 0.
    """

    tickers: dict[str, int]
    returns: Floats
    factors: Floats
    factors_of: Ints
    factor_names: tuple[str, ...]
    sessions: Ints
    rows: Days
    axes: tuple[Ints, ...]
    axis_of: Ints
    idle: np.ndarray[tuple[int, int], np.dtype[np.int32]]


Table: TypeAlias = "pd.Series | pd.DataFrame"


def lay_out(
    returns: pd.DataFrame,
    market: Table | None,
    tickers: list[str],
    *,
    model: str,
    sector: Table | None,
    factors: pd.DataFrame | None,
    missing: str,
) -> StudyPanel:
    """Arrange returns, market and factors for the given tickers, which must be columns of `returns`.

    Raises
    ------
    DataError
        Indices that are no ascending dates, tickers without a market, values that are infinite.
    ValueError
        A model that lacks what it needs, or an unknown option.
    """
    if model not in MODELS:
        raise ValueError(f"model: expected one of {MODELS}, got {model!r}")
    if missing not in MISSING:
        raise ValueError(f"missing: expected one of {MISSING}, got {missing!r}")
    table = _numbers(returns, "returns")
    if market is None:
        if model not in ("mean_adjusted", "factors"):
            raise ValueError(f"market: the model {model!r} needs the market's returns")
        base: Table = pd.Series(0.0, index=table.index)
    else:
        base = _numbers(market, "market")
    parts: list[tuple[str, Table]] = []
    if model in ("market", "market_adjusted", "sector"):
        parts.append(("market", base))
    if model == "sector":
        if sector is None:
            raise ValueError("sector: the model 'sector' needs the sector index's returns, a Series or one by ticker")
        parts.append(("sector", _numbers(sector, "sector").reindex(base.index)))
    if model == "factors":
        if not isinstance(factors, pd.DataFrame) or factors.shape[1] == 0:
            raise ValueError("factors: the model 'factors' needs a DataFrame of dates by factors")
        aligned = _numbers(factors, "factors").reindex(base.index)
        parts += [(str(name), aligned[name]) for name in aligned.columns]
    rows = np.asarray(base.index.to_numpy(), dtype="datetime64[D]")
    values = table.reindex(base.index)[tickers].to_numpy(dtype=np.float64).T
    return _compress(values, rows, base, parts, tickers, missing)


def _compress(
    values: Floats, rows: Days, base: Table, parts: list[tuple[str, Table]], tickers: list[str], missing: str
) -> StudyPanel:
    """Each ticker's rows without its market's holidays, and what is shared between tickers kept once."""
    open_rows: dict[bytes, int] = {}
    axes: list[Ints] = []
    axis_of = np.zeros(len(tickers), dtype=np.int64)
    regressors: dict[tuple[int, ...], int] = {}
    blocks: list[Floats] = []
    factors_of = np.zeros(len(tickers), dtype=np.int64)
    compressed: list[Floats] = []
    for n, ticker in enumerate(tickers):
        is_open = ~np.isnan(_column(base, ticker, "market"))
        key = is_open.tobytes()
        if key not in open_rows:
            open_rows[key] = len(axes)
            axes.append(np.flatnonzero(is_open))
        axis_of[n] = open_rows[key]
        axis = axes[axis_of[n]]
        own = values[n, axis]
        gaps = _after_gaps(own)
        columns = [_column(part, ticker, name)[axis] for name, part in parts]
        spans = missing == "compound" and gaps.any()
        shared = (axis_of[n], n if spans else -1, *(_identity(part, ticker) for _, part in parts))
        if shared not in regressors:
            if spans:
                columns = [_compound(column, own, gaps) for column in columns]
            regressors[shared] = len(blocks)
            blocks.append(np.column_stack(columns) if columns else np.empty((axis.size, 0)))
        factors_of[n] = regressors[shared]
        if missing == "skip":
            own = np.where(gaps, np.nan, own)
        compressed.append(own)
    longest = max((axis.size for axis in axes), default=0)
    panel = np.full((len(tickers), longest), np.nan)
    for n, own in enumerate(compressed):
        panel[n, : own.size] = own
    factors = np.full((max(1, len(blocks)), longest, len(parts)), np.nan)
    for h, block in enumerate(blocks):
        factors[h, : len(block)] = block
    idle = np.zeros((len(tickers), longest + 1), dtype=np.int32)
    np.cumsum(np.isnan(panel) | (panel == 0), axis=1, out=idle[:, 1:])
    return StudyPanel(
        tickers={ticker: n for n, ticker in enumerate(tickers)}, returns=panel, factors=factors, factors_of=factors_of,
        factor_names=tuple(name for name, _ in parts),
        sessions=np.array([axes[a].size for a in axis_of], dtype=np.int64),
        rows=rows, axes=tuple(axes), axis_of=axis_of, idle=idle,
    )  # fmt: skip


def _after_gaps(own: Floats) -> Bools:
    """The first return after each gap inside the series: it spans the sessions of the gap."""
    missing = np.isnan(own)
    before = np.concatenate(([False], np.logical_or.accumulate(~missing)[:-1]))
    previous = np.concatenate(([False], missing[:-1]))
    return np.asarray(~missing & previous & before)


def _compound(column: Floats, own: Floats, gaps: Bools) -> Floats:
    """The factor's return over the sessions that each return after a gap spans."""
    result = column.copy()
    for last in np.flatnonzero(gaps):
        first = last - 1
        while np.isnan(own[first - 1]):
            first -= 1
        result[last] = np.prod(1 + column[first : last + 1]) - 1
    return result


def _identity(part: Table, ticker: str) -> int:
    """What tickers with the same factor share: the Series itself, or the column's content."""
    return id(part) if isinstance(part, pd.Series) else hash(part[ticker].to_numpy().tobytes())


def _column(part: Table, ticker: str, name: str) -> Floats:
    if isinstance(part, pd.Series):
        return np.asarray(part.to_numpy(dtype=np.float64))
    if ticker not in part.columns:
        message = f"{name} has no column {ticker!r}; give one for every ticker of the events, or one Series for all"
        raise DataError.of([Problem(code="unknown_ticker", message=message)])
    return np.asarray(part[ticker].to_numpy(dtype=np.float64))


def _numbers(table: Any, name: str) -> Any:
    """The frame or series as floats on ascending naive dates."""
    if not isinstance(table, (pd.DataFrame, pd.Series)):
        raise ValueError(
            f"{name}: expected a pandas Series or DataFrame with dates as index, got {type(table).__name__}"
        )
    try:
        index = pd.DatetimeIndex(table.index)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: expected dates as index, got {table.index[:1].tolist()!r} first") from error
    if index.tz is not None:
        index = index.tz_localize(None)
    index = index.normalize()
    if not (index.is_monotonic_increasing and index.is_unique):
        message = f"{name}: expected one row a date in ascending order; sort the index and drop repeated dates"
        raise DataError.of([Problem(code="duplicate", message=message)])
    numbers = table.astype(np.float64).set_axis(index, axis=0)
    if np.isinf(numbers.to_numpy()).any():
        raise DataError.of(
            [Problem(code="bad_value", message=f"{name}: infinite values; make them NaN or remove them")]
        )
    return numbers
