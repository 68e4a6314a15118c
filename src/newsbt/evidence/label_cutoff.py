"""Rows for what a strategy did with news from before and after the knowledge cut-off of the labels it traded on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from newsbt._typing import Bools
from newsbt.evidence.contract import Case, Evidence, Part, RunEvidence
from newsbt.evidence.event_pairs import known_after
from newsbt.kernels.code_wait import work_seconds
from newsbt.steps.evaluate import result_of
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.simulate import strategy_books

__all__ = ["LABEL_CUTOFF", "halves_of", "only_events"]

_OF_THE_WHOLE = "a part of the row above, not a strategy that was chosen"


def _find(case: Case) -> RunEvidence:
    """Rows below each strategy's, before and after the labels' cut-off, where labels have one.

    Both trade the whole period with the whole account, one on events known up to the end of the day of the cut-off
    (UTC), the other on later ones; of several cut-offs the last one counts. They are no trials of their own.
    """
    prepared, news = case.prepared, case.prepared.news
    if not news.cutoffs:
        return RunEvidence()
    halves = halves_of(prepared)
    warning = f"a part: events on one side of the labels' cut-off {news.cutoffs[-1]}, over the whole period"
    specs = {spec.name: spec for spec in prepared.components.strategies}
    parts: dict[str, list[Part]] = {}
    for _, row in case.strategies:
        for words, half in halves:
            began = work_seconds()
            name = f"{row.name} ({words})"
            books = replace(strategy_books(half, specs[row.name]), name=name, warnings=())
            result = result_of(half, books, case.market_returns, began=began)
            own = Case(
                prepared=half, simulated={name: books}, rows=[result], hashes=case.hashes,
                market_returns=case.market_returns,
            )  # fmt: skip
            parts.setdefault(row.name, []).append(Part(case=own, why=_OF_THE_WHOLE, warning=warning))
    return RunEvidence(parts=parts)


def halves_of(prepared: PreparedRun) -> tuple[tuple[str, PreparedRun], tuple[str, PreparedRun]]:
    """A run whose labels have a cut-off with the events known up to the last one alone, and with the later ones, each
    with what it is called."""
    news = prepared.news
    cutoff = news.cutoffs[-1]
    after = known_after(news, cutoff)
    return (
        (f"to {cutoff}", replace(prepared, news=only_events(news, ~after))),
        (f"after {cutoff}", replace(prepared, news=only_events(news, after))),
    )


def only_events(news: EventSetup, kept: Bools) -> EventSetup:
    """Some of the events only, (E,) bool."""
    indices = np.flatnonzero(kept)
    links = np.flatnonzero(kept[news.links.event])
    return replace(
        news,
        events=news.events.take(indices),
        links=news.links.of_events(kept),
        link_market=news.link_market[links],
        link_row=news.link_row[links],
        link_first=news.link_first[links],
        placement=news.placement[indices],
        close_rows=None if news.close_rows is None else news.close_rows[indices],
        reasons=news.reasons.take(indices),
        dropped=news.dropped.none(),
        rows_read=len(indices),
    )


LABEL_CUTOFF = Evidence(name="label_cutoff", find=_find)
