"""The event study of a run: abnormal returns by event type and link kind, beside what of the move could be traded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pandas as pd

from newsbt._typing import Days, Ints
from newsbt.analysis.event_clusters import connected
from newsbt.analysis.event_study.prepared_study import PreparedStudy, prepare_study
from newsbt.domain.object_arrays import objects
from newsbt.errors import ConfigError, nearest
from newsbt.evidence.contract import Case, Evidence, RowEvidence
from newsbt.evidence.event_pairs import Pairs, instants_of
from newsbt.evidence.session_returns import SessionReturns, frame_of, market_of, session_returns_of
from newsbt.evidence.study_groups import LEFT_OUT, Study, StudyGroup, StudyPlan
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.prepare import PreparedRun, RunInputs

__all__ = ["MOST_CORRELATED", "study"]

MOST_CORRELATED = 4_000  # pairs, above which a run leaves out the Kolari-Pynnonen tests


def study(
    prepared: PreparedRun,
    inputs: RunInputs | None,
    families: Sequence[Pairs],
    plan: StudyPlan,
    kinds: tuple[Evidence, ...],
) -> Study:
    """Study some families of pairs, with the evidence of all `kinds` there are that a study asks about its groups;
    overlaps and contamination go by all pairs of a family.

    Raises
    ------
    ConfigError
        The plan makes no study.
    """
    market = prepared.market
    for ticker in plan.markets:
        if ticker not in market.universe.position:
            near = nearest(ticker, market.universe.tickers)
            raise ConfigError(
                f"the event study: {ticker!r} is no instrument of the universe{near}", code="unknown_ticker"
            )
    found = cache(lambda: session_returns_of(market, inputs))
    groups: list[StudyGroup] = []
    left_out: dict[str, int] = {}
    for pairs in families:
        more, lost = _family(prepared, found, pairs, plan, kinds)
        groups += more
        left_out = {reason: left_out.get(reason, 0) + lost.get(reason, 0) for reason in LEFT_OUT}
    return Study(
        groups=tuple(groups),
        plan=plan,
        left_out={key: count for key, count in left_out.items() if count},
        definitions={kind.name: kind.definition for kind in kinds if "study" in kind.asked_by and kind.definition},
    )


def _family(
    prepared: PreparedRun,
    returns: Callable[[], SessionReturns],
    pairs: Pairs,
    plan: StudyPlan,
    kinds: tuple[Evidence, ...],
) -> tuple[list[StudyGroup], dict[str, int]]:
    needs_sector = plan.model == "sector"
    market, news = prepared.market, prepared.news
    items = market.universe.instruments
    market_index = {
        n: market_of(market, n, but=items[n].sector_index if needs_sector else "", first=plan.markets)
        for n in np.unique(pairs.ticker).tolist()
        if market.panel.has_prices[n]
    }
    standing = [market_index.get(n, -2) for n in pairs.ticker.tolist()]
    usable = np.array([at >= 0 for at in standing], dtype=bool)
    lost = {"no_prices": standing.count(-2), "no_market": standing.count(-1)}
    if not usable.any():
        return [], lost
    found = returns()
    event, ticker, group = pairs.event[usable], pairs.ticker[usable], pairs.group[usable]
    tickers = np.unique(ticker)
    indices = found.returns[:, [market_index[n] for n in tickers.tolist()]]
    index = pd.DatetimeIndex(found.dates.astype("M8[ns]"))
    names = [market.panel.tickers[n] for n in tickers.tolist()]
    sector = None
    if needs_sector:
        of = [market.universe.position.get(items[n].sector_index, -1) for n in tickers.tolist()]
        values = np.where(np.array(of) >= 0, found.returns[:, of], np.nan)
        sector = pd.DataFrame(values, index=index, columns=names)
    day = _day_zero(market, news, found, event, ticker)
    inside = ~np.isnat(day)
    lost["no_close"] = int((~inside).sum())
    if not inside.any():
        return [], lost
    frame = pd.DataFrame(
        {
            "event_id": news.events.ids[event[inside]],
            "ticker": objects(market.panel.tickers)[ticker[inside]],
            "date": day[inside].astype("M8[s]"),
            "group": group[inside],
        }
    )
    correlation = plan.correlation if plan.correlation is not None else len(frame) <= MOST_CORRELATED
    try:
        prepared_study = prepare_study(
            frame_of(found, market.panel.tickers, tickers),
            None if plan.model in ("mean_adjusted", "factors") else pd.DataFrame(indices, index=index, columns=names),
            frame,
            model=plan.model,
            window=plan.window,
            windows=[each for each in plan.windows if plan.window[0] <= each[0] and each[1] <= plan.window[1]],
            estimation=plan.estimation,
            gap=plan.gap,
            on_overlap=plan.on_overlap,
            sector=sector,
            factors=plan.factors,
            by="group",
            correlation=correlation,
        )
    except ValueError as error:
        raise ConfigError(f"the event study: {error}", code="bad_value") from error
    mine = replace(pairs, event=event, ticker=ticker, group=group)
    case = Case(prepared=prepared, pairs=mine, horizons=plan.horizons, kinds=kinds)
    evidence = {kind.name: found.rows for kind, found in case.asked("study")}
    groups = [_group(name, prepared_study, mine, day, evidence) for name in prepared_study.labels]
    return sorted(groups, key=lambda one: (-one.pairs, one.name)), lost


def _group(
    name: str, found: PreparedStudy, pairs: Pairs, day: Days, evidence: Mapping[str, Mapping[str, RowEvidence]]
) -> StudyGroup:
    event, mine = pairs.event, pairs.group == name
    known = mine & ~np.isnat(day)
    return StudyGroup(
        name=name,
        of_signals=pairs.of_signals,
        traded=pairs.traded.get(name),
        summarise=partial(found.group, name),
        pairs=int(mine.sum()),
        events=len(np.unique(event[mine])),
        dates=_independent(event[known], day[known]),
        evidence={kind: rows[name].section for kind, rows in evidence.items() if name in rows},
    )


def _day_zero(market: MarketSetup, news: EventSetup, found: SessionReturns, event: Ints, ticker: Ints) -> Days:
    """(K,) datetime64[D]: the session of the first close after each event in the ticker's market; NaT: no data."""
    out_at = instants_of(news)
    day = np.full(len(event), np.datetime64("NaT", "D"))
    traded_in = market.panel.market_of[ticker]
    for m in np.unique(traded_in).tolist():
        rows = np.flatnonzero(~np.isnat(found.close_at[:, m]))
        mine = np.flatnonzero(traded_in == m)
        index = np.searchsorted(found.close_at[rows, m], out_at[event[mine]], side="right")
        inside = index < len(rows)
        day[mine[inside]] = found.dates[rows[index[inside]]].astype("M8[D]")
    return day


def _independent(event: Ints, day: Days) -> int:
    """How many independent dates events have, each with its days 0 (K,)."""
    first = day.astype("M8[D]").astype(np.int64)
    return int(connected(event, first, first + 1).max(initial=-1)) + 1
