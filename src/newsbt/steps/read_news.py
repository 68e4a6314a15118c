"""The announcements of a run as they are read, and doubts about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from newsbt.assembly import Components
from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch, merge
from newsbt.domain.announcement_columns import AnnouncementColumns
from newsbt.domain.entity import Universe
from newsbt.domain.ticker_forms import KnownTickers, known_of
from newsbt.events.labels import Labelled, label
from newsbt.events.midnights import midnight_doubt
from newsbt.events.understood_reader import UnderstoodReader
from newsbt.events.versions_of_stories import one_event_a_story
from newsbt.ports import UniverseReader
from newsbt.ports.conformance import fitting
from newsbt.prices.quality import Doubt

__all__ = ["news_doubts", "read_news"]


def read_news(components: Components, universe: Universe) -> tuple[AnnouncementBatch, Labelled]:
    """All announcements, with the labels that were made for them elsewhere."""
    tickers = universe.known_tickers
    batches = []
    windows: dict[str, timedelta] = {}
    understanding = None
    for k, reader in enumerate(components.readers):
        bound = reader.with_universe(universe) if isinstance(reader, UniverseReader) else reader
        if isinstance(bound, UnderstoodReader):
            understanding = understanding or components.understanding()
            bound = bound.with_understanding(understanding)
        terms = components.dedupe.get(k)
        if terms is not None and terms.threshold is not None:
            from newsbt.events.stories import Dedupe

            bound = Dedupe(bound, terms.window, terms.threshold)
        batch = fitting(bound.read(tickers), AnnouncementBatch, f"read() of {type(bound).__name__}")
        if terms is not None:
            windows |= dict.fromkeys((item.event_id for item in batch.announcements), terms.window)
        batches.append(replace(batch, announcements=_known(batch.announcements, tickers)))
    whole = one_event_a_story(merge(batches), windows, universe)
    batch, labelled = label(whole, components.labels, tickers)
    return batch, labelled if understanding is None else labelled.with_understanding(understanding)


def _known(items: Sequence[Announcement], tickers: KnownTickers) -> Sequence[Announcement]:
    """Announcements with tickers as the universe writes them; but for those of a user's own reader they are so."""
    if isinstance(items, AnnouncementColumns) and all(one in tickers for some in items.tickers.values for one in some):
        return items
    return tuple(_with_known(item, tickers) for item in items)


def _with_known(item: Announcement, tickers: KnownTickers) -> Announcement:
    if all(one in tickers for one in item.tickers):
        return item
    known, unknown = known_of(item.tickers, tickers)
    return replace(item, tickers=known, unknown_tickers=(*item.unknown_tickers, *unknown))


def news_doubts(components: Components, batch: AnnouncementBatch) -> tuple[Doubt, ...]:
    """Doubts about the announcements that were read."""
    zones = tuple(dict.fromkeys(market.time_zone for market in components.rulebook.exchanges.values()))
    found = midnight_doubt(batch.announcements, zones)
    return (Doubt(kind="midnight_stamps", message=found),) if found else ()
