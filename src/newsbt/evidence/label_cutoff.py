"""Rows for what a strategy did with news from before and after the knowledge cut-off of the labels it traded on."""

from __future__ import annotations

import dataclasses
import time

import numpy as np

from newsbt._typing import Bools
from newsbt.domain.event_table import EventTable
from newsbt.evidence.contract import Case, Evidence, Part, RunEvidence
from newsbt.linking.link_table import LinkTable
from newsbt.steps.evaluate import result_of
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.simulate import strategy_books

__all__ = ["LABEL_CUTOFF", "only_events"]

_OF_THE_WHOLE = "a part of the row above, not a strategy that was chosen"


def _find(case: Case) -> RunEvidence:
    """Rows below each strategy's, before and after the labels' cut-off, where labels have one.

    Both trade the whole period with the whole account, one on events known up to the end of the day of the cut-off
    (UTC), the other on later ones; of several cut-offs the last one counts. They are no trials of their own.
    """
    prepared = case.prepared
    if not prepared.cutoffs:
        return RunEvidence()
    cutoff = prepared.cutoffs[-1]
    after = prepared.events.known_at >= np.datetime64(cutoff) + np.timedelta64(1, "D")
    halves = (
        (f"to {cutoff}", only_events(prepared, ~after)),
        (f"after {cutoff}", only_events(prepared, after)),
    )
    warning = f"a part: events on one side of the labels' cut-off {cutoff}, over the whole period"
    specs = {spec.name: spec for spec in prepared.components.strategies}
    parts: dict[str, list[Part]] = {}
    for _, row in case.strategies:
        for words, half in halves:
            began = time.perf_counter()
            name = f"{row.name} ({words})"
            books = dataclasses.replace(strategy_books(half, specs[row.name]), name=name, warnings=())
            result = result_of(half, books, case.market_returns, began=began)
            own = Case(prepared=half, simulated={name: books}, rows=[result], market_returns=case.market_returns)
            parts.setdefault(row.name, []).append(Part(case=own, why=_OF_THE_WHOLE, warning=warning))
    return RunEvidence(parts=parts)


def only_events(prepared: PreparedRun, kept: Bools) -> PreparedRun:
    """The same run with some of its events only, (E,) bool."""
    places = np.flatnonzero(kept)
    number = np.full(len(kept), -1, dtype=np.int64)
    number[places] = np.arange(len(places))
    links = np.flatnonzero(kept[prepared.links.event])
    table = LinkTable(
        event=number[prepared.links.event[links]],
        ticker=prepared.links.ticker[links],
        links=tuple(prepared.links.links[k] for k in links.tolist()),
    )
    counts = {
        **prepared.summary.counts,
        "events": len(places),
        "events_in_run": len(places),
        "events_linked": len(np.unique(table.event)),
        "links": len(links),
    }
    return dataclasses.replace(
        prepared,
        events=EventTable(
            announcements=tuple(prepared.events.announcements[e] for e in places.tolist()),
            known_at=prepared.events.known_at[places],
        ),
        links=table,
        link_row=prepared.link_row[links],
        link_first=prepared.link_first[links],
        placement=prepared.placement[places],
        reasons=tuple(prepared.reasons[e] for e in places.tolist()),
        dropped=prepared.dropped.none(),
        close_rows=None if prepared.close_rows is None else prepared.close_rows[places],
        summary=dataclasses.replace(prepared.summary, counts=counts),
    )


LABEL_CUTOFF = Evidence(name="label_cutoff", find=_find)
