"""From an item of a feed to the announcement that a run reads."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from newsbt._plain import JsonValue, PlainValue
from newsbt.domain.announcement import PRECISIONS, Announcement
from newsbt.domain.entity import Universe
from newsbt.domain.text_label import UNLABELLED
from newsbt.domain.ticker_forms import known_of
from newsbt.events.extraction.news_item import NewsItem, clean, refuse
from newsbt.events.feeds.feed_item import FeedItem
from newsbt.events.labelling.understanding import Understanding
from newsbt.events.labelling.unlabelled import unlabelled_event

__all__ = ["KEEP", "NEWS", "Announcer", "check_keep"]

KEEP = ("announcements", "all")
NEWS = "news"  # the event type of an item that announces nothing, under keep: all


def check_keep(keep: str) -> None:
    """Raise ValueError unless `keep` is one of :data:`KEEP`."""
    if keep not in KEEP:
        raise ValueError(f"keep is 'announcements' or 'all', not {keep!r}")


class Announcer:
    """Understands items by the names of a universe and a labeller, without one the rules of extraction.

    What the source itself says (event type and issuer, tickers, sentiment, relevance) stands; extraction gives the
    rest. A ticker that is no instrument of the universe is left out of `tickers`, stands in `unknown_tickers` and stays
    in the attribute `symbols`.

    Parameters
    ----------
    keep : {'announcements', 'all'}
        ``all`` keeps items that announce nothing too, as events of the type ``news``.
    rules
        None: the rules that come with newsbt.
    """

    def __init__(
        self, universe: Universe | None, keep: str = "announcements", understanding: Understanding | None = None
    ) -> None:
        check_keep(keep)
        self._understanding = understanding or Understanding()
        self._reading = self._understanding.reading(universe)
        self._universe = universe
        self._keep = keep

    def announce(self, item: FeedItem, known_tickers: Container[str] | None = None) -> Announcement | None:
        """The announcement of one version of an item; None where it announces nothing.

        Raises
        ------
        RefusedItem
            The item is too large, has a precision that does not exist, or has no headline where an item that nobody
            can label is no event.
        """
        if item.time_precision not in PRECISIONS:
            message = f"time_precision is one of {', '.join(PRECISIONS)}, not {item.time_precision!r}"
            raise refuse("bad_value", message, file=item.origin)
        tickers, unknown = known_of(item.tickers, known_tickers)
        given = {name: value for name, value in item.fields.items() if value not in ("", (), None)}
        if not _line(item.headline):
            found: Announcement | None = unlabelled_event(self._reading.extract(_text_of(item)))
        else:
            found = self._stated(item, given) or self._understood(item, given, tickers)
        if found is None:
            return None
        changes: dict[str, Any] = {
            name: given[name] for name in ("subject", "rivals", "sentiment", "relevance") if name in given
        }
        if found.event_type == UNLABELLED:
            tickers, unknown = (), ()  # it must link to nothing; they stay in `symbols`
        elif not tickers:
            tickers, more = known_of(found.tickers, known_tickers)
            unknown = tuple(dict.fromkeys((*unknown, *more)))
        return replace(
            found,
            **changes,
            tickers=tickers,
            unknown_tickers=unknown,
            event_id=item.event_id,
            received_at=item.known_from,
            attributes=MappingProxyType({**found.attributes, **_kept(item)}),
            origin=item.origin,
        )

    def _stated(self, item: FeedItem, given: Mapping[str, JsonValue]) -> Announcement | None:
        if not ("event_type" in given and "issuer" in given):
            return None
        return Announcement(
            event_id=item.event_id, published_at=item.published_at, time_precision=item.time_precision,
            event_type=clean(str(given["event_type"])), issuer=clean(str(given["issuer"])),
            headline=_line(item.headline), body=clean(item.body), source=_line(item.source), url=item.url,
        )  # fmt: skip

    def _understood(
        self, item: FeedItem, given: Mapping[str, JsonValue], tickers: tuple[str, ...]
    ) -> Announcement | None:
        answer = self._reading.extract(_text_of(item))
        if answer.is_announcement:
            found = answer.announcement()
        elif answer.unlabelled and self._keep != "all":
            return unlabelled_event(answer)
        elif self._keep == "all":
            found = Announcement(
                event_id=item.event_id, published_at=item.published_at, time_precision=item.time_precision,
                event_type=NEWS, issuer=self._company(tickers) or _line(item.source) or "unknown",
                headline=answer.headline, body=answer.body, source=_line(item.source), url=item.url,
                sentiment=answer.sentiment, mentioned=answer.mentioned,
                attributes=MappingProxyType({
                    "language": answer.language, "kind": answer.kind,
                    **({"unlabelled": answer.unlabelled} if answer.unlabelled else {}),
                }),
            )  # fmt: skip
        else:
            return None
        return replace(
            found,
            event_type=clean(str(given["event_type"])) if "event_type" in given else found.event_type,
            issuer=clean(str(given["issuer"])) if "issuer" in given else found.issuer,
        )

    def _company(self, tickers: tuple[str, ...]) -> str:
        """The one company that all tickers belong to; empty where there are several, or none."""
        if self._universe is None:
            return ""
        listed = [self._universe[one] for one in tickers if one in self._universe.position]
        names = {item.company_name for item in listed}
        return names.pop() if len(names) == 1 else ""


def _text_of(item: FeedItem) -> NewsItem:
    return NewsItem.of(
        item.headline, item.body, published_at=item.published_at, time_precision=item.time_precision,
        received_at=item.known_from, item_id=item.event_id, source=_line(item.source), url=item.url,
        origin=item.origin,
    )  # fmt: skip


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _kept(item: FeedItem) -> dict[str, PlainValue]:
    """What an announcement has no field for."""
    kept: dict[str, PlainValue] = {**item.attributes, "item_id": item.item_id, "version": item.version}
    if item.updated_at is not None:
        kept["updated_at"] = item.updated_at.isoformat()
    if item.tickers:
        kept["symbols"] = ";".join(item.tickers)
    return kept
