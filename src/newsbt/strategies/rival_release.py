"""Buy a theme when a rival model is released: the strategy newsbt was made for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from newsbt.domain.entity import Universe
from newsbt.domain.news_sign import check_sign
from newsbt.domain.signal import Signal
from newsbt.ports import EventView, Strategy
from newsbt.strategies.selecting import of_types, signal_of, tickers_by_event

__all__ = ["RivalRelease"]


class RivalRelease(Strategy):
    """A rival release gives a signal to every tradable instrument of the themes that the linker reaches, never to an
    index (S5).

    A rival release is an event of `event_types` that names `rivals`, or whose issuer is the subject of a
    `rival_of` relation in force on the UTC day of `known_at`. Themes count as they stood on that day. The table linker
    reaches all their members; a linker of one's own those it answers for themes, and those among its links.

    Parameters
    ----------
    event_types : tuple of str
        Empty: all.
    themes : tuple of str
        Empty: any instrument.
    issuers : tuple of str
        Only these issuers, by ticker, name, company or alias; empty: any.
    include_issuer : bool
        Whether the issuer's own listings are bought too.
    sign : {'one', 'short', 'sentiment', 'type', 'effect'}
        1; -1; the sentiment; the default sign of the type of event; or the effect of the issuer's relation to the
        instrument, 1 for its own listings. Where it is not known, there is no signal.
    """

    event_types: tuple[str, ...] = ("model_release",)
    themes: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    include_issuer: bool = True
    sign: str = "one"

    def __post_init__(self) -> None:
        check_sign(self.sign)

    def signal(self, view: EventView) -> Signal:
        pairs = list(self._pairs(view))
        event_ids, tickers, values = zip(*pairs, strict=True) if pairs else ((), (), ())
        return signal_of(event_ids, tickers, values)

    def _pairs(self, view: EventView) -> Iterator[tuple[str, str, float]]:
        universe = view.universe
        events = of_types(view.events, self.event_types)
        linked = tickers_by_event(view.links)
        named = (events[name] for name in ("event_id", "issuer", "rivals", "known_at"))
        signs = view.signs(events, self.sign).tolist()
        for event_id, issuer, rivals, known_at, sign in zip(*named, signs, strict=True):
            on = known_at.date()
            if self.issuers and not any(universe.is_same(issuer, wanted) for wanted in self.issuers):
                continue
            if not rivals and not universe.relations_of(issuer, on, ("rival_of",)):
                continue
            own = set(universe.listings(issuer))
            effects = _effects(universe, issuer, on) if self.sign == "effect" else {}
            other = np.nan if self.sign == "effect" else sign
            for column in self._members(view, event_id, linked.get(event_id, ()), on):
                item = universe.instruments[column]
                if item.is_index or not item.tradable:
                    continue
                if column in own and not self.include_issuer:
                    continue
                yield event_id, item.ticker, sign if column in own else effects.get(column, other)

    def _members(self, view: EventView, event_id: str, linked: Sequence[str], on: date) -> list[int]:
        """Places of the themes' members that the linker reaches, in universe order."""
        universe = view.universe
        found = {universe.position[ticker] for ticker in view.reach.theme(event_id, self.themes)}
        for ticker in linked:
            if not self.themes or any(universe.has_theme(ticker, theme, on) for theme in self.themes):
                found.add(universe.position[ticker])
        return sorted(column for column in found if universe.instruments[column].is_listed(on))


def _effects(universe: Universe, issuer: str, on: date) -> dict[int, float]:
    """Place to effect of the first relation in force from the issuer to it that states one."""
    found: dict[int, float] = {}
    for row in universe.relations_of(issuer, on):
        if row.effect is None:
            continue
        exact = universe.listing(row.object)
        for column in universe.listings(row.object) if exact is None else (exact,):
            found.setdefault(column, row.effect)
    return found
