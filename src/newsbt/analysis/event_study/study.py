"""An event study from returns, a market and events to tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from newsbt.analysis.event_study.prepared_study import prepare_study
from newsbt.analysis.event_study.study_result import EventStudy

__all__ = ["event_study"]


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
        First and last event day, relative to day 0; each, as the next two, at most 2,520 sessions.
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
    prepared = prepare_study(
        returns, market, events, model=model, window=window, estimation=estimation, gap=gap,
        min_estimation=min_estimation, on_overlap=on_overlap, on_contaminated=on_contaminated, windows=windows,
        sector=sector, factors=factors, missing=missing, beta=beta, by=by, mic=mic, date_only=date_only,
        correlation=correlation,
    )  # fmt: skip
    return replace(prepared.whole().study(), groups={label: prepared.group(label).study() for label in prepared.labels})
