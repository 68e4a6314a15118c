"""News that a strategy cannot trade, because it cannot tell whether it is good or bad, or by types and links: how much
there is, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools
from newsbt.assembly import Components, StrategySpec
from newsbt.domain.news_sign import sign_values
from newsbt.linking.links import MENTIONED
from newsbt.ports.strategy_contract import ReachesFar
from newsbt.steps.event_setup import EventSetup

__all__ = ["UnsignedNews", "idle_notices", "sign_notices", "unsigned_news"]

_WANTING = {
    "sentiment": "no sentiment",
    "type": "a type without a default sign",
    "effect": "no relation with an effect",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedNews:
    """Of a strategy that says by which `sign` it trades: the events of its types in the run, those without one, and
    its links over relations without an effect; `by_default` where its config leaves the sign to the default."""

    strategy: str
    sign: str
    events: int
    unsigned: int
    links: int
    by_default: bool


def unsigned_news(components: Components, news: EventSetup) -> tuple[UnsignedNews, ...]:
    """The news without a sign of each strategy that says by which sign it trades (S3)."""
    stated = {item.name for item in components.config.strategies if "sign" in item.params}
    return tuple(
        _of_strategy(spec, news, by_default=spec.name not in stated)
        for spec in components.strategies
        if spec.wanted.sign
    )


def _of_strategy(spec: StrategySpec, news: EventSetup, *, by_default: bool) -> UnsignedNews:
    items, wanted = news.events.columns, spec.wanted
    mine = _of_its_types(spec, news)
    unknown = np.zeros(len(news.links.event), dtype=bool)
    if isinstance(spec.strategy, ReachesFar):
        unknown = _links(news, spec.hops) & ~_mentioned(news) & np.isnan(news.links.weight)
    if wanted.sign == "effect":
        known = np.zeros(len(items), dtype=bool)
        known[news.links.event[_links(news, spec.hops) & ~np.isnan(news.links.weight)]] = True
    else:
        sentiment, plain = items.sentiment.numbers(float), np.ones(len(items))
        known = ~np.isnan(sign_values(wanted.sign, sentiment, items.event_type, plain, news.events.type_signs))
    return UnsignedNews(
        strategy=spec.name, sign=wanted.sign, events=int(mine.sum()), unsigned=int((mine & ~known).sum()),
        links=int((unknown & mine[news.links.event]).sum()), by_default=by_default,
    )  # fmt: skip


def _mentioned(news: EventSetup) -> Bools:
    """(L,): the links to companies that are only named; no table could state an effect."""
    return _over(news, (MENTIONED,))


def _over(news: EventSetup, relations: Sequence[str]) -> Bools:
    """(L,): the links of some relations."""
    return news.links.links.numbers(lambda link: link.relation in relations).astype(bool)


def _of_its_types(spec: StrategySpec, news: EventSetup) -> Bools:
    """(E,): the events of the types that a strategy trades."""
    return news.events.columns.event_type.numbers(spec.wanted.wants_type).astype(bool)


def _links(news: EventSetup, hops: int) -> Bools:
    """(L,): the links over relations that a strategy sees."""
    return (news.links.hop >= 1) & (news.links.hop <= hops)


def sign_notices(found: Sequence[UnsignedNews]) -> Iterator[str]:
    """A sentence for what is not traded for want of a sign, and one for relations without an effect."""
    old = [one for one in found if one.by_default and one.unsigned and one.sign == "sentiment"]
    for names, (unsigned, events, _) in _alike(old).items():
        yield (
            f"{names}: {unsigned:,} of {events:,} events have no sentiment and are not traded (version 0.1.0 took "
            "blank for good news); `params: {sign: type}` trades them by their type, `sign: one` as good news"
        )
    for names, (unsigned, events, sign) in _alike([one for one in found if one.unsigned and one not in old]).items():
        yield f"{names}: {unsigned:,} of {events:,} events have {_WANTING[sign]} and are not traded (`sign: {sign}`)"
    for one in found:
        if one.links:
            yield (
                f"{one.strategy}: {one.links:,} links lead over a relation without an effect and are not traded "
                "(version 0.1.0 took blank for 1); give the relations an `effect`"
            )


def idle_notices(components: Components, news: EventSetup) -> Iterator[str]:
    """A sentence for each strategy that can trade none of the run's events: by their types, or by their links."""
    total = len(news.events.columns)
    for spec in components.strategies:
        mine, wanted = _of_its_types(spec, news), spec.wanted
        if total and not mine.any():
            yield f"{spec.name}: none of {total:,} events is of its types ({', '.join(wanted.event_types)}): no trade"
        elif total and wanted.relations and not (mine[news.links.event] & _over(news, wanted.relations)).any():
            yield (
                f"{spec.name}: none of its {int(mine.sum()):,} events has a link that it trades "
                f"({', '.join(wanted.relations)}): no trade"
            )


def _alike(found: Iterable[UnsignedNews]) -> Mapping[str, tuple[int, int, str]]:
    """The strategies of which the same is to be said, their names together."""
    names: dict[tuple[int, int, str], list[str]] = {}
    for one in found:
        names.setdefault((one.unsigned, one.events, one.sign), []).append(one.strategy)
    return {", ".join(listed): same for same, listed in names.items()}
