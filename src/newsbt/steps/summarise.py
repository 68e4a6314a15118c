"""What a run used and what it did not, for run.json, `newsbt check` and the terminal: counts, drops, names, doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from functools import partial
from pathlib import Path

import numpy as np

from newsbt.assembly import Components
from newsbt.domain.entity import Relation, Universe
from newsbt.domain.fx_table import FxTable
from newsbt.domain.references import IDLE, MOST_NAMED, Named, idle_relations, named, named_references
from newsbt.domain.results import RunSummary
from newsbt.markets.fx import FxRates
from newsbt.markets.usual_hours import hours_unlike_calendar
from newsbt.prices.doubt_sentences import doubt_sentences
from newsbt.prices.quality import Doubt, find_limit_breaks, find_off_ticks
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.missing_rates import Wanted, rate_doubts
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.read_news import news_doubts
from newsbt.steps.run_inputs import RunInputs
from newsbt.steps.unknown_lots import lot_doubts
from newsbt.steps.unlinked_news import link_doubts
from newsbt.steps.unsigned_news import idle_notices, sign_notices, unsigned_news

__all__ = ["doubts_of", "notices_of", "summary_of"]


SHOWN = 5  # items of a story that are named


def summary_of(prepared: PreparedRun, inputs: RunInputs, wanted: Wanted | None = None) -> RunSummary:
    """The summary of everything that was read and prepared; `wanted` are the entries that are known to be wanted."""
    market, news = prepared.market, prepared.news
    prices, panel, universe = market.prices, market.panel, market.universe
    batch, labelled = inputs.batch, inputs.labelled
    priced = np.flatnonzero(panel.has_prices)
    ends = list(idle_relations(universe))
    idle = [] if inputs.fx is None else _unused_pairs(inputs.fx, market.fx, universe)
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
    unsigned = unsigned_news(prepared.components, news)
    times = news.events.columns.published_at
    published = [times.values[code].astimezone(UTC) for code in np.unique(times.codes).tolist()]
    return RunSummary(
        first_date=panel.dates[0],
        last_date=panel.dates[-1],
        rows=len(panel.clock),
        exchanges=tuple(sorted({universe.instruments[n].exchange for n in priced})),
        tickers=len(universe.instruments),
        tickers_with_prices=len(priced),
        currency=market.currency,
        periods_per_year=market.periods_per_year,
        counts={
            "events": batch.rows_read,
            "announcements": len(batch.announcements),
            "events_in_run": len(news.events),
            "events_linked": news.linked,
            "links": len(news.links.event),
            "price_rows": prices.rows_read,
            "instruments": len(universe.instruments),
            "instruments_with_prices": len(priced),
            "relations": len(universe.relations),
        },
        drops={source: reasons for source, reasons in drops.items() if reasons},
        not_linked=_not_linked(news),
        without_sign={one.strategy: one.unsigned for one in unsigned},
        read_as=(*_read_as([*universe.readings, *prices.readings, *batch.readings]), *_crossed(market.fx)),
        unused=(
            *named_references(batch.unresolved(universe, partial(_is_linked, news)), universe),
            *_versions(batch.versions),
            *named("labels", "unknown_event", labelled.strangers, "no announcement has this id"),
            *(
                one
                for reason, sentence in IDLE.items()
                for one in named("relations", reason, _objects(ends, reason), sentence)
            ),
            *named("fx", "unused_pair", idle, "no instrument needs it"),
        ),
        hindsight=universe.hindsight(),
        notices=(
            *notices_of(prepared.components, inputs),
            *sign_notices(unsigned),
            *idle_notices(prepared.components, news),
        ),
        doubts=doubt_sentences(doubts_of(prepared, inputs, wanted), len(universe.instruments)),
        spans={
            "rows": [str(panel.dates[0]), str(panel.dates[-1])],
            "events": [str(min(published)), str(max(published))] if published else None,
        },
    )


def notices_of(components: Components, inputs: RunInputs) -> tuple[str, ...]:
    """What must stand beside a run's numbers: of its prices, its labels, and what its config leaves out."""
    return (*inputs.notices, *inputs.labelled.notices, *_free_of(components))


def doubts_of(prepared: PreparedRun, inputs: RunInputs, wanted: Wanted | None = None) -> tuple[Doubt, ...]:
    """All doubts about announcements, rates and prices; those between price steps are nothing new where the reader said
    they are adjusted."""
    market = prepared.market
    about_news = (
        *link_doubts(inputs.batch, _not_linked(prepared.news)),
        *news_doubts(prepared.components, inputs.batch),
        *rate_doubts(market, inputs.fx, wanted),
        *_hours_doubts(market),
    )
    known = market.prices.doubts
    found = (*about_news, *lot_doubts(market), *known, *find_limit_breaks(market.panel, market.rules, known))
    if any(doubt.kind == "adjusted_prices" for doubt in known):
        return found
    off_ticks = market.prices.off_ticks
    return (
        *found,
        *(find_off_ticks(market.panel, market.universe, market.rulebook) if off_ticks is None else off_ticks),
    )


def _hours_doubts(market: MarketSetup) -> Iterator[Doubt]:
    """Hours that a rule file states and the exchange's calendar does not have."""
    first, last = (day.item() for day in market.panel.dates[[0, -1]])
    for mic in market.panel.clock.markets:
        for sentence in hours_unlike_calendar(mic, first, last, market.rulebook):
            yield Doubt(kind="hours", message=sentence)


def _is_linked(news: EventSetup, event_id: str) -> bool:
    """Whether an announcement has links, also one outside the run."""
    parts = (news, news.dropped)
    return any(not part.reasons[part.events.position[event_id]] for part in parts if event_id in part.events.position)


def _not_linked(news: EventSetup) -> Mapping[str, int]:
    """How many announcements have no links, dropped ones too, by reason."""
    unlinked = sorted(
        (part.events.ids[e], part.reasons[e])
        for part in (news, news.dropped)
        for e in np.flatnonzero(part.reasons.array != "").tolist()
    )
    return Counter(reason for _, reason in unlinked)


def _objects(ends: Iterable[tuple[str, Relation]], reason: str) -> Iterator[str]:
    return (row.object for why, row in ends if why == reason)


def _versions(versions: Mapping[str, tuple[str, ...]]) -> list[Named]:
    """The stories that were told again most often, by the first item of each."""
    found = [
        Named(source="events", reason="same_story", name=story, count=len(ids), example=ids[0],
              message=f"told again by {', '.join(ids[:SHOWN])}" + (" and others" if len(ids) > SHOWN else ""))
        for story, ids in versions.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.count, one.name))[:MOST_NAMED]


def _unused_pairs(fx: FxTable, used: FxRates, universe: Universe) -> list[str]:
    """Pairs of which no rate is made: neither an instrument's currency to the account's, either way, nor a cross."""
    needed = {item.currency for item in universe.instruments} - {used.account}
    pairs = {pair for other in needed for pair in (other + used.account, used.account + other)}
    pairs.update(pair for legs in used.crossed.values() for pair in legs)
    return [pair for pair in fx.rates if pair not in pairs]


def _crossed(fx: FxRates) -> Iterator[str]:
    return (f"rates of {pair}: made of {first} and {second}" for pair, (first, second) in fx.crossed.items())


def _free_of(components: Components) -> Iterator[str]:
    execution = components.config.execution
    if execution.market_rules is False:
        yield "market rules were not applied: no lots, price limits, T+1 or short rules"
    if execution.costs.use == "zero" and execution.slippage.use == "zero":
        yield "no costs and no slippage were charged"
    if not components.config.announcements:
        yield "no announcements (`announcements: []`): only what trades on prices alone has orders"


def _read_as(readings: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    """What was recognised and assumed of files, a line for all that were read alike."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for file, notes in readings:
        alike.setdefault(notes, []).append(file)
    return tuple(f"{_files(files)}: {', '.join(notes)}" for notes, files in alike.items())


def _files(files: list[str]) -> str:
    names = [Path(file).name for file in files]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
