"""Buy a theme when a rival of one of its companies releases a model: the flagship, as a user would write it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

import newsbt


class BuyRivalRelease(newsbt.Strategy):
    """A release counts when it names rivals, or when its issuer is known that day as a rival of somebody.

    `quiet_days` keeps out what follows another release within so many days: the story is no longer new.
    """

    themes: tuple[str, ...] = ("chinese_ai",)
    event_types: tuple[str, ...] = ("model_release",)
    quiet_days: int = 0

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        pairs = [
            (event.event_id, ticker, 1.0)
            for event in self.releases(view)
            for ticker in self.members(view, event.event_id)
        ]
        return newsbt.Signal.for_events(pd.DataFrame(pairs, columns=["event_id", "ticker", "signal"]))

    def releases(self, view: newsbt.EventView) -> Iterator[Any]:
        events = view.events[view.events["event_type"].isin(self.event_types)].sort_values(["known_at", "event_id"])
        last: pd.Timestamp | None = None
        for event in events.itertuples():
            on = event.known_at.date()  # relations and themes count as they stood on the day of the news
            if not event.rivals and not view.universe.relations_of(event.issuer, on, ("rival_of",)):
                continue
            if last is None or event.known_at - last >= pd.Timedelta(days=self.quiet_days):
                yield event
            last = event.known_at

    def members(self, view: newsbt.EventView, event_id: str) -> Iterator[str]:
        for ticker in view.reach.theme(event_id, self.themes):  # the members that day, by the config's linker
            instrument = view.universe[ticker]
            if instrument.tradable and not instrument.is_index:
                yield ticker
