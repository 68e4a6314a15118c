"""An event study from returns, a market and events to tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsbt._typing import Ints, Objects
from newsbt.analysis.event_study.conclusion import Window
from newsbt.analysis.event_study.cross_correlation import Spans
from newsbt.analysis.event_study.fitted import FLAWS, Fitted, Schedule, fit
from newsbt.analysis.event_study.group_summary import Studied, summarise
from newsbt.analysis.event_study.panel import StudyPanel, lay_out
from newsbt.analysis.event_study.selection import Placed, contamination, group_labels, place, read_events, select
from newsbt.analysis.event_study.study_result import EventStudy, StudySettings
from newsbt.analysis.event_study.thin_betas import BETAS, thin_betas
from newsbt.domain.object_arrays import objects

__all__ = ["event_study"]

CONTAMINATED = ("drop", "exclude")
THIN = 0.2


def event_study(
    returns: pd.DataFrame,
    market: pd.Series | pd.DataFrame | None,
    events: pd.DataFrame,
    model: str = "market",
    window: tuple[int, int] = (-5, 5),
    estimation: int = 120,
    gap: int = 10,
    min_estimation: int | None = None,
    on_overlap: str = "first",
    on_contaminated: str = "drop",
    windows: Sequence[tuple[int, int]] | None = None,
    *,
    sector: pd.Series | pd.DataFrame | None = None,
    factors: pd.DataFrame | None = None,
    missing: str = "skip",
    beta: str = "ols",
    by: str | None = None,
    mic: str | Mapping[str, str] | None = None,
    date_only: str = "next_day",
    correlation: bool = True,
    draws: int | None = None,  # noqa: ARG001
    seed: int | None = None,  # noqa: ARG001
) -> EventStudy:
    """Abnormal returns around events, with tests for every day and window.

    Parameters
    ----------
    returns : DataFrame of shape (T, N)
        Simple returns, dates by tickers; NaN where there was no bar.
    market : Series or DataFrame
        The market's returns by date; a DataFrame has one column a ticker. A ticker's sessions are the dates on which
        its market has a return, and all windows count those. None where the model needs none.
    events : DataFrame
        `event_id` (else the index), `ticker`, and `date` (day 0, or the first session after it where it is none) or
        `published_at` (instants with offset, dates alone by `date_only`; see :func:`event_day`). The exchange is the
        column `mic` or `exchange`, else `mic`, else what the ticker's form says: ``.HK``, ``.SH``, ``.SS``, ``.SZ``,
        ``.BJ``, ``.US``, a MIC such as ``.XSHG``, or letters alone for New York.
    model : {"market", "market_adjusted", "mean_adjusted", "sector", "factors"}
        Normal return: regression on the market; the market; the mean; regression on market and `sector` (returns of
        the sector index, a Series or one column a ticker); regression on `factors` (dates by factors; then `returns`
        are excess returns).
    window : (int, int)
        First and last event day, relative to day 0.
    estimation, gap : int
        Estimation days, and the days between them and the event window.
    min_estimation : int, optional
        Usable estimation days an event needs; by default max(30, estimation / 2).
    on_overlap : {"first", "merge", "all"}
        Events of one ticker with overlapping windows: keep the first, take a chain of them as one event dated by its
        first, or keep all.
    on_contaminated : {"drop", "exclude"}
        Days 0 and +1 of earlier events of the ticker among the estimation days: leave out the days, or the event.
    windows : sequence of (int, int), optional
        Further test windows inside `window`.
    missing : {"skip", "compound", "given"}
        The first return after a gap spans several sessions: leave it out, set it against factors compounded over
        the same sessions, or take it as a return of one session.
    beta : {"ols", "dimson", "scholes_williams"}
        How the market model's beta is estimated; the latter two are for shares that trade thinly, and need a gap.
    by : str, optional
        A column of `events`: the study is repeated for the events of each of its values, in `.groups`. Overlaps and
        contamination go by all events.
    sector, factors : Series or DataFrame, optional
        What the models of these names regress on, simple returns by date.
    mic : str or mapping, optional
        The exchange of all tickers, or of each, ISO 10383.
    date_only : {"next_day", "same_day"}
        Where a date alone belongs: see :func:`event_day`.
    correlation : bool
        Whether to compute the Kolari-Pynnonen tests, whose cost grows with the pairs of overlapping events.
    draws, seed : int, optional
        Of 0.1.0, whose intervals of CAAR were resampled; not used.

    Returns
    -------
    EventStudy
        `.tests`, `.caar`, `.windows`, `.per_event`, `.abnormal`, `.excluded`. Undefined statistics are NaN with a
        reason; excluded events are listed with theirs.

    Raises
    ------
    ValueError
        Arguments that make no study.
    DataError
        Tables that cannot be read: columns, dates, instants without offset, tickers whose exchange nobody says.

    Notes
    -----
    Brown and Warner (1980, 1985); MacKinlay (1997); Campbell, Lo and MacKinlay (1997, ch. 4).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> dates = pd.bdate_range("2024-01-01", periods=200)
    >>> rng = np.random.default_rng(1)
    >>> market = pd.Series(rng.normal(0, 0.01, 200), index=dates)
    >>> returns = pd.DataFrame({"A": market + rng.normal(0, 0.01, 200)})
    >>> events = pd.DataFrame({"event_id": ["e"], "ticker": ["A"], "date": [dates[160]]})
    >>> type(event_study(returns, market, events)).__name__
    'EventStudy'
    """
    window = int(window[0]), int(window[1])
    schedule = Schedule(window, estimation, gap)
    every = _windows(window, windows)
    least = _check(window, estimation, gap, min_estimation, on_contaminated)
    if beta not in BETAS:
        raise ValueError(f"beta: expected one of {BETAS}, got {beta!r}")
    if beta != "ols" and (model != "market" or gap < 1):
        raise ValueError(f"beta: {beta!r} needs the market model and a gap, so that no lead reaches the event window")
    if not isinstance(returns, pd.DataFrame):
        raise ValueError(f"returns: expected a DataFrame of dates by tickers, got {type(returns).__name__}")
    ids, tickers, dates = read_events(events, mic=mic, date_only=date_only)
    known = [ticker for ticker in dict.fromkeys(tickers) if ticker in returns.columns]
    panel = lay_out(returns, market, known, model=model, sector=sector, factors=factors, missing=missing)
    placed = select(place(ids, tickers, dates, panel), window, on_overlap)
    spoiled = contamination(placed, panel)
    included = placed.included
    ticker, day = placed.ticker[included], placed.day[included]
    first = day + schedule.first
    contaminated = _between(np.cumsum(spoiled, axis=1, dtype=np.int32), ticker, first, estimation)
    given = None if beta == "ols" else thin_betas(panel, spoiled, ticker, day, schedule, beta=beta)
    fitted = fit(panel, spoiled, ticker, day, schedule, fixed=model == "market_adjusted", given=given)
    reason = _reasons(fitted, contaminated, least, on_contaminated)
    placed.reason[included] = reason
    keep = reason == ""
    included, ticker, day, first, contaminated = (a[keep] for a in (included, ticker, day, first, contaminated))
    studied = Studied(
        placed=placed, panel=panel, fitted=fitted if keep.all() else fitted.take(keep), included=included,
        spans=_spans(panel, placed, window, schedule.first), contaminated=contaminated,
        idle=_between(panel.idle[:, 1:], ticker, first, estimation) / estimation,
    )  # fmt: skip
    settings: StudySettings = {
        "model": model, "window": window, "estimation": estimation, "gap": gap, "min_estimation": least,
        "on_overlap": on_overlap, "on_contaminated": on_contaminated, "missing": missing, "beta": beta,
        "date_only": date_only, "correlation": correlation,
    }  # fmt: skip
    whole = summarise(studied, np.arange(len(ids)), every, settings)
    if by is None:
        return whole
    labels = group_labels(events, by)
    groups = {}
    for label in dict.fromkeys(labels.tolist()):
        members = np.flatnonzero(labels == label)
        groups[label] = summarise(studied.take(np.isin(included, members)), members, every, settings)
    return replace(whole, groups=groups)


def _check(window: tuple[int, int], estimation: int, gap: int, min_estimation: int | None, on_contaminated: str) -> int:
    """The usable estimation days an event needs, once the arguments make sense."""
    if not window[0] <= window[1]:
        raise ValueError(f"window: expected (first, last) with first <= last, got {window!r}")
    if estimation < 3:
        raise ValueError(f"estimation: expected at least 3 days, got {estimation!r}")
    if gap < 0:
        raise ValueError(f"gap: expected 0 or more days, got {gap!r}")
    if on_contaminated not in CONTAMINATED:
        raise ValueError(f"on_contaminated: expected one of {CONTAMINATED}, got {on_contaminated!r}")
    if min_estimation is None:
        return max(30, -(-estimation // 2))
    if not 1 <= min_estimation <= estimation:
        raise ValueError(f"min_estimation: expected 1 to the {estimation} estimation days, got {min_estimation!r}")
    return min_estimation


def _windows(window: tuple[int, int], further: Sequence[tuple[int, int]] | None) -> list[Window]:
    """Every day, the further windows and, last, the whole one."""
    whole = Window(int(window[0]), int(window[1]))
    days = [Window(d, d) for d in range(whole.start, whole.end + 1)]
    asked = []
    for start, end in further or ():
        if not whole.start <= start <= end <= whole.end:
            raise ValueError(f"windows: expected windows inside {whole.label}, got ({start}, {end})")
        asked.append(Window(int(start), int(end)))
    return [*dict.fromkeys(each for each in (*days, *asked) if each != whole), whole]


def _between(counted: npt.NDArray[np.int32], ticker: Ints, start: Ints, length: int) -> Ints:
    """How many marked days lie in [start, start + length) by running counts (N, T), outside the data none."""
    last = counted.shape[1] - 1
    until = start + length - 1
    upper = np.where(until >= 0, counted[ticker, np.clip(until, 0, last)], 0)
    lower = np.where(start >= 1, counted[ticker, np.clip(start - 1, 0, last)], 0)
    return np.asarray(upper - lower, dtype=np.int64)


def _reasons(fitted: Fitted, contaminated: Ints, least: int, on_contaminated: str) -> Objects:
    """(N,) of str: why an event is out, empty where it is in."""
    reason = objects([""] * fitted.used.size)
    reason[np.isnan(fitted.abnormal).all(axis=1)] = "no_event_return"
    for flaw, name in FLAWS.items():
        reason[fitted.flaw == flaw] = name
    reason[fitted.used < least] = "few_estimation_days"
    if on_contaminated == "exclude":
        reason[contaminated > 0] = "contaminated"
    return reason


def _spans(panel: StudyPanel, placed: Placed, window: tuple[int, int], first: int) -> Spans:
    """Where each included pair's days lie in the calendar of all markets."""
    longest = max((axis.size for axis in panel.axes), default=0)
    table = np.full((max(1, len(panel.axes)), longest), -1, dtype=np.int64)
    for a, axis in enumerate(panel.axes):
        table[a, : axis.size] = axis
    included = placed.included
    ticker, day = placed.ticker[included], placed.day[included]
    _, event = np.unique(objects(placed.ids)[included].astype(str), return_inverse=True)
    return Spans(
        rows=table, axis_of=panel.axis_of[ticker], sessions=panel.sessions[ticker], day=day, start=day + first,
        event=event, window=window,
    )  # fmt: skip
