"""What a run used and what it did not, for run.json, `newsbt check` and the terminal: counts, drops, names, doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC

import numpy as np

from newsbt.assembly import Components
from newsbt.domain.entity import Relation, Universe
from newsbt.domain.fx_table import FxTable
from newsbt.domain.references import IDLE, idle_relations, named, named_references
from newsbt.domain.results import RunSummary
from newsbt.prices.align import AlignedPrices
from newsbt.prices.quality import Doubt
from newsbt.steps.read_news import PlacedNews
from newsbt.steps.run_inputs import RunInputs

__all__ = ["summary_of"]


def summary_of(
    components: Components, inputs: RunInputs, prices: AlignedPrices, news: PlacedNews, *, currency: str,
    periods_per_year: float, notices: tuple[str, ...], doubts: tuple[Doubt, ...],
) -> RunSummary:  # fmt: skip
    """The summary of everything that was prepared."""
    panel, universe, batch, labelled = prices.panel, inputs.universe, inputs.batch, inputs.labelled
    priced = np.flatnonzero(panel.has_prices)
    ends = list(idle_relations(universe))
    idle = [] if inputs.fx is None else _unused_pairs(inputs.fx, universe, currency)
    strangers = {"unknown_event": len(labelled.strangers)} if labelled.strangers else {}
    drops = {
        "events": {**batch.drops, **news.dropped.counts},
        "labels": {**labelled.bad_rows, **strangers},
        "prices": dict(prices.bad_rows),
        "prices of tickers that are no instruments": dict(prices.ignored_tickers),
        "fx": {**({} if inputs.fx is None else inputs.fx.bad_rows), **({"unused_pair": len(idle)} if idle else {})},
        **universe.bad_rows,
    }
    if ends:
        drops["relations"] = {**drops.get("relations", {}), **Counter(reason for reason, _ in ends)}
    published = [item.published_at.astimezone(UTC) for item in news.events.announcements]
    return RunSummary(
        first_date=panel.dates[0],
        last_date=panel.dates[-1],
        rows=len(panel.clock),
        exchanges=tuple(sorted({universe.instruments[n].exchange for n in priced})),
        tickers=len(universe.instruments),
        tickers_with_prices=len(priced),
        currency=currency,
        periods_per_year=periods_per_year,
        counts={
            "events": batch.rows_read,
            "announcements": len(batch.announcements),
            "events_in_run": len(news.events),
            "events_linked": len(np.unique(news.links.event)),
            "links": len(news.links.event),
            "price_rows": prices.rows_read,
            "instruments": len(universe.instruments),
            "instruments_with_prices": len(priced),
            "relations": len(universe.relations),
        },
        drops={source: reasons for source, reasons in drops.items() if reasons},
        not_linked=news.not_linked,
        unused=(
            *named_references(batch.unresolved(universe, news.linked), universe),
            *named("labels", "unknown_event", labelled.strangers, "no announcement has this id"),
            *(one for reason, said in IDLE.items() for one in named("relations", reason, _objects(ends, reason), said)),
            *named("fx", "unused_pair", idle, "no instrument needs it"),
        ),
        hindsight=universe.hindsight(),
        notices=(*notices, *labelled.notices, *_free_of(components)),
        doubts=tuple(doubt.message for doubt in doubts),
        spans={
            "rows": [str(panel.dates[0]), str(panel.dates[-1])],
            "events": [str(min(published)), str(max(published))] if published else None,
        },
    )


def _objects(ends: Iterable[tuple[str, Relation]], reason: str) -> Iterator[str]:
    return (row.object for why, row in ends if why == reason)


def _unused_pairs(fx: FxTable, universe: Universe, currency: str) -> list[str]:
    """Pairs of which no instrument's currency and the account's make one, in either direction."""
    needed = {item.currency for item in universe.instruments} - {currency}
    pairs = {pair for other in needed for pair in (other + currency, currency + other)}
    return [pair for pair in fx.rates if pair not in pairs]


def _free_of(components: Components) -> Iterator[str]:
    execution = components.config.execution
    if execution.market_rules is False:
        yield "market rules were not applied: no lots, price limits, T+1 or short rules"
    if execution.costs.use == "zero" and execution.slippage.use == "zero":
        yield "no costs and no slippage were charged"
    if not components.config.announcements:
        yield "no announcements (`announcements: []`): only what trades on prices alone has orders"
